// Making a presenter: a photo or a video, the crop, trying it on, consent, what is told of it, kept.

import { onLanguage, remarked, t } from "../i18n.js";
import { acceptDrops } from "../settings/drops.js";
import { Consent } from "./consent.js";
import { Crop } from "./crop.js";
import { busy, button, call, make, words } from "./dom.js";
import { Profile } from "./profile.js";

const EVERY_MS = 500;
// What the server refuses to keep → the field that is to be put right.
const WRONG = {
  presenter_name: "name", presenter_taken: "name", consent_shown: "shown", consent_agreed: "agreed", consent_scope: "use",
  consent_statement: "statement", consent_ended: "until",
};

/** The panel. `watch()` shows the history, where the training of a net is seen. */
export class Maker {
  #tell;
  #config;
  #watch;
  #draft = null;
  #file = make("input", { type: "file", id: "source", accept: "image/*,video/*" });
  #smile = make("input", { type: "file", id: "smile", accept: "image/*" });
  #held = ""; // what the file is called that the draft is of
  #looks = make("p", { role: "status", "aria-live": "polite" });
  #share = make("span", { "aria-hidden": "true" });
  #bar = make("progress", { max: 1, "aria-label": t("history.progress"), dataset: { i18nAttr: "aria-label:history.progress" } });
  #looking = make("div", { class: "looking", hidden: true }, this.#looks, make("div", { class: "row" }, this.#bar, this.#share));
  #said = make("ul", { class: "said", role: "status", "aria-live": "polite" });
  #rest = make("div", { hidden: true, class: "steps" });
  #crop = null;
  #consent = null;
  #profile = null;
  element;

  constructor(tell, config, watch) {
    this.#config = config;
    this.#watch = watch;
    const problem = make("p", { class: "notice", role: "alert", hidden: true, id: "maker-notice" });
    this.#tell = (sentence) => {
      problem.textContent = sentence;
      problem.hidden = !sentence;
      if (sentence) problem.scrollIntoView({ block: "nearest" }); // the button that was pressed may be a screen below
    };
    this.#file.addEventListener("change", () => this.#file.files.length && busy(this.#file, () => this.#bring(), this.#tell));
    this.#smile.addEventListener("change", () => this.#smile.files.length && busy(this.#smile, () => this.#lend(), this.#tell));
    const zone = make("label", { class: "zone" }, words("span", "maker.choose"), this.#file);
    acceptDrops(zone, (files) => {
      this.#file.files = files;
      this.#file.dispatchEvent(new Event("change"));
    });
    this.element = make("section", { class: "panel", id: "maker" }, words("h2", "maker.title"), words("p", "maker.about", { class: "hint" }),
      zone, this.#looking, problem, this.#said, this.#rest);
    onLanguage(() => this.#said.childElementCount && this.#say());
    tell("");
  }

  async #bring() {
    const [file] = this.#file.files;
    const video = file.type.startsWith("video/") || /\.(mp4|mov|mkv|webm|avi|m4v|mpe?g|3gp)$/i.test(file.name);
    const most = video ? this.#config.video_bytes : this.#config.photo_bytes;
    if (file.size > most) throw new Error(t("faces.large", { size: Math.floor(most / 1e6) }));
    const form = new FormData();
    const ticket = [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(16).padStart(8, "0")).join("");
    form.append("ticket", ticket);
    form.append(video ? "video" : "photo", file);
    const before = this.#draft;
    const looked = this.#look(t(video ? "maker.looking_video" : "maker.looking"), video && ticket);
    try {
      const draft = await call("POST", "/drafts", form);
      this.#held = file.name;
      this.#take(draft, true);
    } catch (error) {
      if (!before) throw error;
      const why = error instanceof TypeError ? t("studio.unsent") : error.message;
      throw new Error(`${why} ${t("maker.still", { file: this.#held })}`); // else the old face passes for the new file's
    } finally {
      looked();
      this.#file.value = "";
    }
    if (before) call("DELETE", `/drafts/${before.id}`).catch(() => {});
  }

  /** Shows `sentence`, and how far the search under `ticket` is (false: nobody counts), until what is returned is called. */
  #look(sentence, ticket) {
    this.#looking.hidden = false;
    this.#looks.textContent = sentence;
    this.#share.textContent = "";
    this.#bar.removeAttribute("value"); // on its way: no share is known
    const ask = async () => {
      const { progress } = await call("GET", `/drafts/searches/${ticket}`).catch(() => ({}));
      if (progress === undefined || this.#looking.hidden) return;
      this.#bar.value = progress;
      this.#share.textContent = `${Math.round(100 * progress)} %`;
    };
    const timer = ticket && setInterval(ask, EVERY_MS);
    return () => {
      clearInterval(timer);
      this.#looking.hidden = true;
    };
  }

  async #lend() {
    const form = new FormData();
    form.append("photo", this.#smile.files[0]);
    try {
      this.#take(await call("POST", `/drafts/${this.#draft.id}/smile`, form));
    } finally {
      this.#smile.value = "";
    }
  }

  #take(draft, fresh = false) {
    this.#draft = draft;
    this.#rest.dataset.unsaved = "";
    if (fresh) this.#build();
    this.#crop.show(draft);
    this.#say();
  }

  /** What was found in the draft, what was done to it and what would make it better. */
  #say() {
    const { own_teeth: teeth, changes, advice } = this.#draft;
    const told = [t("maker.found", { file: this.#held }), ...(teeth ? [t("maker.teeth")] : []), ...[...changes, ...advice].map(remarked)];
    this.#said.replaceChildren(...told.map((sentence) => make("li", { textContent: sentence })));
  }

  #build() {
    this.#crop = new Crop((square) => busy(this.#rest, async () => {
      try {
        this.#take(await call("PATCH", `/drafts/${this.#draft.id}`, square));
      } catch (error) {
        this.#crop.reset();
        throw error;
      }
    }, this.#tell));
    const tried = button("maker.try", () => this.#try(), this.#tell, { class: "tool" });
    const parts = [this.#crop.element, make("label", { class: "field" }, words("span", "maker.smile"), this.#smile),
      make("div", { class: "row" }, tried, words("small", "maker.try_about"))];
    if (this.#config.editable) {
      this.#consent = new Consent(this.#tell);
      this.#profile = new Profile();
      const form = make("form", { noValidate: true }, this.#consent.element, this.#profile.element,
        words("button", "maker.keep", { class: "primary", type: "submit", id: "keep" }));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        busy(form, () => this.#keep().catch((error) => {
          const field = form.elements[WRONG[error.code]];
          mark(field?.length ? field[0] : field);
          throw error;
        }), this.#tell);
      });
      form.addEventListener("input", ({ target }) => target.removeAttribute("aria-invalid"));
      parts.push(form);
    }
    this.#rest.replaceChildren(...parts);
    this.#rest.hidden = false;
  }

  async #try() {
    const page = open("about:blank", "_blank");
    try {
      const face = await call("POST", `/drafts/${this.#draft.id}/try`);
      (page ?? window).location.assign(`/?avatar=${encodeURIComponent(face.name)}`);
    } catch (error) {
      page?.close();
      throw error;
    }
  }

  async #keep() {
    const made = await call("POST", `/drafts/${this.#draft.id}/keep`, this.#profile.fill(await this.#consent.fill(new FormData())));
    const kept = make("p", { id: "kept", tabIndex: -1, textContent: t("studio.kept", { name: made.name }) });
    const parts = [kept];
    if (this.#draft.video && this.#consent.uses.includes("twin")) parts.push(this.#train(made.name, this.#draft.id));
    else this.#let();
    this.#said.replaceChildren();
    this.#rest.replaceChildren(...parts);
    kept.focus({ preventScroll: true }); // the button that was pressed is gone; read out, and the next Tab goes on from here
    this.#rest.scrollIntoView({ block: "nearest" });
  }

  #let() {
    this.#draft = null;
    delete this.#rest.dataset.unsaved;
  }

  #train(name, draft) {
    const minutes = make("input", { type: "number", name: "minutes", min: 1, max: 600, value: 40 });
    return make("div", { class: "grid" }, words("p", "maker.train_about"),
      make("label", { class: "field" }, words("span", "maker.minutes"), minutes),
      button("maker.train", async () => {
        await call("POST", `/presenters/${encodeURIComponent(name)}/twin`, { draft, minutes: minutes.valueAsNumber });
        this.#let();
        this.#rest.replaceChildren();
        this.#watch();
      }, this.#tell, { class: "primary", id: "train" }));
  }
}

/** Takes whoever writes to `field`, which is wrong as the notice says; that stays in sight. */
function mark(field) {
  if (!field) return;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", "maker-notice");
  field.focus({ preventScroll: true });
}
