// Who is shown, who agrees, to what and until when; the statement is typed, or read aloud into camera or microphone.

import { onLanguage, t } from "../i18n.js";
import { button, field, make, words } from "./dom.js";

const USES = ["live", "films", "record", "twin"];
const NOBODY = "depicts nobody"; // the server's word, in every language
const LONGEST_MS = 60_000;

/** The fields; `fill(form)` puts them into a form for the server. */
export class Consent {
  #tell;
  #shown = make("input", { name: "shown", maxLength: 200, autocomplete: "off" });
  #agreed = make("input", { name: "agreed", maxLength: 200, autocomplete: "off" });
  #nobody = make("input", { type: "checkbox", name: "nobody" });
  #until = make("input", { type: "date", name: "until" });
  #statement = make("textarea", { name: "statement", rows: 3, maxLength: 2000 });
  #uses = Object.fromEntries(USES.map((use) => [use, make("input", { type: "checkbox", name: "use", value: use, checked: !["record", "twin"].includes(use) })]));
  #player = make("video", { controls: true, hidden: true, playsInline: true, class: "recording" });
  #recorder = null;
  #recording = null;
  element;

  constructor(tell) {
    this.#tell = tell;
    const record = (video) => button(video ? "consent.camera" : "consent.microphone", () => this.#record(video), tell, { class: "tool" });
    const stop = (this.stop = button("consent.stop", () => this.#recorder?.stop(), tell, { class: "tool", hidden: true }));
    const person = make("div", { class: "grid" }, field("consent.shown", this.#shown), field("consent.agreed", this.#agreed, "consent.agreed_hint"));
    const statement = make("div", {}, field("consent.statement", this.#statement, "consent.statement_hint"),
      make("div", { class: "row" }, record(true), record(false), stop), this.#player);
    this.#nobody.addEventListener("change", () => (person.hidden = statement.hidden = this.#nobody.checked));
    for (const input of [this.#shown, ...Object.values(this.#uses), this.#until]) input.addEventListener("input", () => this.#propose());
    this.#statement.addEventListener("input", () => (this.#statement.dataset.own = "true"));
    onLanguage(() => this.#propose());
    this.element = make("fieldset", {}, words("legend", "consent.legend"), words("p", "consent.about", { class: "hint" }),
      make("label", { class: "check" }, this.#nobody, words("span", "consent.nobody")), person,
      make("div", { class: "row", role: "group", "aria-label": t("consent.uses"), dataset: { i18nAttr: "aria-label:consent.uses" } }, words("span", "consent.uses"),
        ...USES.map((use) => make("label", { class: "check" }, this.#uses[use], words("span", `consent.use_${use}`)))),
      field("consent.until", this.#until), statement);
    this.#propose();
  }

  /** The uses that were agreed to. */
  get uses() {
    return USES.filter((use) => this.#uses[use].checked);
  }

  /** Puts what was agreed into `form`; a recording that still runs ends here. */
  async fill(form) {
    await this.#finish();
    const nobody = this.#nobody.checked;
    form.append("shown", nobody ? NOBODY : this.#shown.value);
    form.append("agreed", nobody ? t("consent.nobody_agreed") : this.#agreed.value);
    form.append("scope", this.uses.map((use) => t(`consent.use_${use}`)).join(", "));
    form.append("until", this.#until.value);
    form.append("statement", nobody ? "" : this.#statement.value);
    for (const use of this.uses) form.append("use", use);
    if (this.#recording && !nobody) form.append("recording", this.#recording, `statement.${this.#recording.type.includes("mp4") ? "mp4" : "webm"}`);
    return form;
  }

  async #finish() {
    if (!this.#recorder) return;
    const ended = new Promise((done) => this.#recorder.addEventListener("stop", done, { once: true }));
    this.#recorder.stop();
    await ended;
  }

  #propose() {
    if (this.#statement.dataset.own) return;
    const uses = this.uses.map((use) => t(`consent.use_${use}`)).join(", ");
    this.#statement.value = this.#shown.value ? t("consent.words", { name: this.#shown.value, uses, until: this.#until.value || t("consent.no_end") }) : "";
  }

  async #record(video) {
    if (this.#recorder) return;
    if (!navigator.mediaDevices?.getUserMedia || !globalThis.MediaRecorder) throw new Error(t("microphone.insecure"));
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: video && { width: 640 } }).catch(() => {
      throw new Error(t("microphone.forbidden"));
    });
    const kind = ["video/webm", "video/mp4"].find((each) => MediaRecorder.isTypeSupported(each));
    const recorder = new MediaRecorder(stream, { mimeType: kind, videoBitsPerSecond: 800_000 });
    const pieces = [];
    recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      this.#recorder = null;
      this.stop.hidden = true;
      this.#recording = new Blob(pieces, { type: kind });
      if (this.#player.src) URL.revokeObjectURL(this.#player.src);
      this.#player.srcObject = null;
      this.#player.muted = false;
      this.#player.src = URL.createObjectURL(this.#recording);
      this.#player.hidden = false;
    });
    this.#recorder = recorder;
    this.#player.srcObject = stream;
    this.#player.muted = true;
    this.#player.hidden = !video;
    this.#player.play().catch(() => {});
    this.stop.hidden = false;
    this.#tell(t("consent.read"));
    recorder.start();
    setTimeout(() => recorder.state === "recording" && recorder.stop(), LONGEST_MS);
  }
}
