// The dialog of how the face performs: mood, liveliness, articulation. What is set is seen at once, and kept over a reconnect.

const MOODS = ["neutral", "friendly", "happy", "serious", "sympathetic", "excited"];
const LIVELINESS = [[0.1, "still"], [0.35, "calm"], [0.7, "a newsreader"], [1.3, "lively"], [1.7, "very lively"], [2.1, "theatre"]];
const ARTICULATION = [[0.7, "mumbles"], [0.9, "softly"], [1.1, "clearly"], [1.3, "very clearly"], [1.6, "for lip-readers"]];

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
    for (const mood of MOODS) this.#form.mood.append(new Option(mood[0].toUpperCase() + mood.slice(1), mood));
    this.#form.addEventListener("input", () => this.#change());
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("reset", (event) => {
      event.preventDefault();
      this.#fill(this.#usual);
      this.#change();
    });
    dialog.querySelector(".sheet-head button").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
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
    for (const [name, words] of [["expressiveness", LIVELINESS], ["articulation", ARTICULATION]]) {
      const slider = this.#form[name];
      const word = words.find(([below]) => slider.valueAsNumber < below)[1];
      slider.setAttribute("aria-valuetext", word);
      slider.closest("label").querySelector("output").value = word;
    }
  }
}
