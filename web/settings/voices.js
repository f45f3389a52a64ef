// Choosing a voice: those on the server, with a sample of each to listen to, and a pace. A choice opens the session anew.

import { nameOf, onLanguage, t } from "../i18n.js";

/** The form. `session` gets the choice as `session.voice` and `session.pace`; `reopen()` opens it again with the same face. */
export class Voices {
  #form;
  #session;
  #reopen;
  #sample = new Audio();
  #voices = [];

  constructor(form, session, reopen) {
    this.#form = form;
    this.#session = session;
    this.#reopen = reopen;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.voice.addEventListener("change", () => this.#choose());
    form.pace.addEventListener("input", () => this.#tell());
    form.pace.addEventListener("change", () => this.#choose());
    form.listen.addEventListener("click", () => this.#listen());
    onLanguage(() => this.#name());
    this.#tell();
  }

  /** Fills the list; voices whose models are not on the server are left out. */
  async load() {
    if (this.#voices.length) return;
    const response = await fetch("/voices").catch(() => null);
    if (!response?.ok) return;
    this.#voices = (await response.json()).filter((voice) => voice.here);
    for (const { name } of this.#voices) this.#form.voice.append(new Option("", name));
    this.#name();
  }

  #name() {
    for (const option of this.#form.voice.options) {
      const voice = this.#voices.find(({ name }) => name === option.value);
      if (!voice) continue; // the face's own
      const about = [voice.gender && t(`voice.${voice.gender}`), nameOf(voice.language), voice.heavy && t("voice.heavy")];
      option.text = `${voice.title} (${about.filter(Boolean).join(", ")})`;
    }
  }

  #choose() {
    this.#session.voice = this.#form.voice.value;
    this.#session.pace = this.#form.pace.valueAsNumber;
    this.#reopen();
  }

  #tell() {
    const words = `${this.#form.pace.valueAsNumber.toFixed(2)} ×`;
    this.#form.pace.setAttribute("aria-valuetext", words);
    this.#form.pace.closest("label").querySelector("output").value = words;
  }

  #listen() {
    const chosen = this.#voices.find((voice) => voice.name === this.#form.voice.value) ?? this.#voices[0];
    if (!chosen) return;
    this.#sample.src = chosen.sample;
    this.#sample.play().catch(() => {}); // another sample was asked for meanwhile
  }
}
