// The dialog of how the face performs: mood, liveliness, articulation. What is set is seen at once, and kept over a reconnect.

import { onLanguage, t } from "../i18n.js";

const MOODS = ["neutral", "friendly", "happy", "serious", "sympathetic", "excited"];
// Below which value a slider has which of its words ("liveliness.0" …).
const LIVELINESS = [0.1, 0.35, 0.7, 1.3, 1.7, 2.1];
const ARTICULATION = [0.7, 0.9, 1.1, 1.3, 1.6];

/** The dialog. `session` is told of every change; opened with `open()`. */
export class Manner {
  #dialog;
  #form;
  #session;
  #usual = null; // what the server began with
  #asked = false; // somebody has changed something

  constructor(dialog, session) {
    this.#dialog = dialog;
    this.#form = dialog.querySelector("form");
    this.#session = session;
    for (const mood of MOODS) this.#form.mood.append(new Option(t(`mood.${mood}`), mood));
    this.#form.addEventListener("input", () => this.#change());
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("reset", (event) => {
      event.preventDefault();
      this.#fill(this.#usual);
      this.#change();
    });
    dialog.querySelector(".sheet-head button").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    onLanguage(() => {
      for (const option of this.#form.mood.options) option.text = t(`mood.${option.value}`);
      this.#tell();
    });
    session.addEventListener("hello", ({ detail }) => this.#begin(detail.manner));
  }

  open() {
    this.#dialog.showModal();
  }

  /** A session begins: it starts as usual, or as it was asked for before. */
  #begin(usual) {
    if (!usual) return;
    this.#usual = usual;
    if (this.#asked) this.#session.perform(this.#chosen);
    else this.#fill(usual);
  }

  get #chosen() {
    const { mood, expressiveness, articulation } = this.#form;
    return { mood: mood.value, expressiveness: expressiveness.valueAsNumber, articulation: articulation.valueAsNumber };
  }

  #fill(manner) {
    if (!manner) return;
    for (const [name, value] of Object.entries(manner)) this.#form[name].value = value;
    this.#tell();
  }

  #change() {
    this.#asked = true;
    this.#tell();
    this.#session.perform(this.#chosen);
  }

  /** Says beside each slider, and to who cannot see it, what its number means. */
  #tell() {
    for (const [name, words, steps] of [["expressiveness", "liveliness", LIVELINESS], ["articulation", "articulation", ARTICULATION]]) {
      const slider = this.#form[name];
      const word = t(`${words}.${steps.findIndex((below) => slider.valueAsNumber < below)}`);
      slider.setAttribute("aria-valuetext", word);
      slider.closest("label").querySelector("output").value = word;
    }
  }
}
