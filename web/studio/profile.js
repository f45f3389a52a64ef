// What is told of a presenter: title, voice, language, mood, background; with a name where it is new.

import { nameOf, onLanguage, t } from "../i18n.js";
import { call, choice, field, make, words } from "./dom.js";

const MOODS = ["neutral", "friendly", "happy", "serious", "sympathetic", "excited"];
let voices = null; // asked for once a page

/** Fields for `presenter` (null: a new one, which gets a name as well). */
export class Profile {
  #inputs = {};
  element;

  constructor(presenter = null) {
    const now = presenter ?? {};
    const text = (name, properties = {}) => (this.#inputs[name] = make("input", { name, maxLength: 300, value: now[name] ?? "", ...properties }));
    const background = /^#/.test(now.background ?? "") ? "colour" : (now.background ?? "");
    this.#inputs.voice = make("select", { name: "voice" }, words("option", "profile.default_voice", { value: "" }));
    this.#inputs.language = choice("language", [["", "profile.any_language"], ["en", "speaks.en"], ["zh", "speaks.zh"]], now.language ?? "");
    this.#inputs.mood = choice("mood", [["", "profile.default_mood"], ...MOODS.map((each) => [each, `mood.${each}`])], now.mood ?? "");
    this.#inputs.background = choice("background", [["", "backdrop.own"], ["blur", "backdrop.blur"], ["green", "backdrop.green"],
      ["colour", "backdrop.colour"], ["picture", "backdrop.picture"]], background);
    const colour = (this.#inputs.colour = make("input", { type: "color", name: "colour", value: /^#/.test(now.background ?? "") ? now.background : "#1d2a3a" }));
    const picture = (this.#inputs.picture = make("input", { type: "file", name: "backdrop", accept: "image/*" }));
    const extra = { colour: field("backdrop.colour", colour), picture: field("backdrop.picture", picture) };
    const shown = () => {
      for (const [kind, each] of Object.entries(extra)) each.hidden = this.#inputs.background.value !== kind;
    };
    this.#inputs.background.addEventListener("change", shown);
    shown();
    this.element = make("fieldset", { class: "grid" }, words("legend", "profile.legend"),
      presenter ? null : field("profile.name", text("name", { required: true, pattern: "[A-Za-z0-9][A-Za-z0-9_\\-]{0,47}", autocomplete: "off" }), "profile.name_hint"),
      field("profile.title", text("title")), field("profile.voice", this.#inputs.voice, "profile.voice_hint"), field("profile.language", this.#inputs.language),
      field("profile.mood", this.#inputs.mood), field("profile.background", this.#inputs.background), extra.colour, extra.picture,
      field("profile.licence", text("licence")));
    this.#fill(now.voice ?? "");
    onLanguage(() => this.#fill(this.#inputs.voice.value));
  }

  /** Puts what was chosen into `form`. */
  fill(form) {
    for (const key of ["name", "title", "licence", "voice", "language", "mood"]) {
      if (this.#inputs[key]) form.append(key, this.#inputs[key].value);
    }
    const kind = this.#inputs.background.value;
    form.append("background", kind === "colour" ? this.#inputs.colour.value : kind);
    if (kind === "picture" && this.#inputs.picture.files.length) form.append("picture", this.#inputs.picture.files[0]);
    return form;
  }

  async #fill(chosen) {
    voices ??= call("GET", "/voices").catch(() => []);
    const here = (await voices).filter((voice) => voice.here);
    const options = here.map((voice) => {
      const about = [voice.gender && t(`voice.${voice.gender}`), nameOf(voice.language)].filter(Boolean).join(", ");
      return make("option", { value: voice.name, textContent: `${voice.title} (${about})` });
    });
    this.#inputs.voice.replaceChildren(words("option", "profile.default_voice", { value: "" }), ...options);
    this.#inputs.voice.value = chosen;
    if (this.#inputs.voice.selectedIndex < 0) this.#inputs.voice.value = "";
  }
}
