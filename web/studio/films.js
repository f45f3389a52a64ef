// The form of a film: script, presenter, frame, background, captions, logo, music; its sound can be heard first.

import { t } from "../i18n.js";
import { choice, field, busy, call, make, titleOf, words } from "./dom.js";

/** The tab. `made()` is called when a film is queued. */
export class Films {
  #tell;
  #made;
  #form;
  #who = make("select", { name: "presenter" });
  #wanted = "";

  constructor(root, tell, made) {
    this.#tell = tell;
    this.#made = made;
    const file = (name, accept) => make("input", { type: "file", name, accept });
    const background = choice("background", [["", "backdrop.own"], ["blur", "backdrop.blur"], ["green", "backdrop.green"],
      ["colour", "backdrop.colour"], ["picture", "backdrop.file"]]);
    const colour = field("backdrop.colour", make("input", { type: "color", name: "colour", value: "#1d2a3a" }));
    const picture = field("backdrop.file", file("picture", "image/*,video/*"));
    const shown = () => {
      colour.hidden = background.value !== "colour";
      picture.hidden = background.value !== "picture";
    };
    background.addEventListener("change", shown);
    shown();
    const listen = words("button", "film.listen", { type: "submit", class: "tool", name: "only", value: "sound" });
    this.#form = make("form", { class: "panel", id: "film-form", noValidate: true },
      field("film.script", make("textarea", { name: "text", rows: 6 }), "film.script_hint"),
      make("div", { class: "grid" },
        field("film.presenter", this.#who),
        field("film.frame", choice("frame", [["16:9", "film.wide"], ["9:16", "film.tall"], ["1:1", "film.square"]], "16:9")),
        field("film.lines", choice("lines", [["720", "film.720"], ["1080", "film.1080"], ["480", "film.480"]], "720")),
        field("film.format", choice("format", [["mp4", "film.mp4"], ["webm-alpha", "film.webm"], ["prores-alpha", "film.prores"]])),
        field("profile.background", background), colour, picture,
        field("film.captions", choice("captions", [["files", "film.captions_files"], ["burn", "film.captions_burn"], ["none", "film.captions_none"]])),
        field("film.style", choice("style", [["box", "film.box"], ["outline", "film.outline"], ["plain", "film.plain"]])),
        field("film.position", choice("position", [["bottom", "film.bottom"], ["middle", "film.middle"], ["top", "film.top"]])),
        field("film.logo", file("logo", "image/*")), field("film.music", file("music", "audio/*")),
        field("film.name", make("input", { name: "title", maxLength: 120, autocomplete: "off" }))),
      make("div", { class: "row" }, words("button", "film.make", { type: "submit", class: "primary", id: "make-film" }), listen));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(event.submitter ?? this.#form, () => this.#send(event.submitter === listen), this.#tell);
    });
    this.#form.addEventListener("input", () => (this.#form.dataset.unsaved = ""));
    root.append(words("h2", "film.title"), this.#form);
  }

  /** Fills the list of presenters. */
  presenters(found) {
    const now = this.#wanted || this.#who.value;
    this.#who.replaceChildren(...found.map((presenter) => {
      const { title, name } = titleOf(presenter);
      return make("option", { value: presenter.name, textContent: name ? `${title} (${name})` : title });
    }));
    if (found.some(({ name }) => name === now)) this.#who.value = now;
    this.#wanted = "";
  }

  /** Chooses the presenter called `name`. */
  choose(name) {
    this.#wanted = name;
    this.#who.value = name;
  }

  async #send(onlySound) {
    const told = this.#form.elements;
    const film = { text: told.text.value, presenter: this.#who.value, frame: told.frame.value, lines: Number(told.lines.value),
      format: told.format.value, title: told.title.value.trim(),
      captions: { burn: told.captions.value === "burn", files: told.captions.value !== "none", style: told.style.value, position: told.position.value } };
    const body = new FormData();
    const attach = (input, name) => {
      const [file] = input.files;
      if (!file) return null;
      const ending = /\.[A-Za-z0-9]{2,5}$/.exec(file.name)?.[0].toLowerCase() ?? "";
      body.append(name, file, `${name}${ending}`);
      return `${name}${ending}`;
    };
    if (onlySound) film.only = "sound";
    else {
      const kind = told.background.value;
      if (kind === "picture" && !told.picture.files.length) {
        told.picture.focus();
        throw new Error(t("film.no_picture")); // the photo's own would be filmed
      }
      if (kind) film.background = kind === "colour" ? told.colour.value : kind === "picture" ? attach(told.picture, "background") : kind;
      const logo = attach(told.logo, "logo");
      if (logo) film.logo = { file: logo };
      const music = attach(told.music, "music");
      if (music) film.music = { file: music };
    }
    body.append("film", JSON.stringify(film));
    await call("POST", "/films", body);
    if (!onlySound) delete this.#form.dataset.unsaved;
    this.#made();
  }
}
