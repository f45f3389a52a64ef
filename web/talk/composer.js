// The text box: Enter sends, Esc stops, the face is told while somebody types.

import { nameOf, onLanguage, language, t } from "../i18n.js";

const TYPING_MS = 1500;

/** Wires the form. `onSend(text, mode)` returns a sentence if the text cannot be sent, else nothing. */
export class Composer {
  #form;
  #text;
  #stop;
  #notice;
  #typingTimer = null;
  #onTyping;
  #spoken = null; // code of the language that the face speaks

  constructor(form, { onSend, onStop, onTyping }) {
    this.#form = form;
    this.#text = form.elements.namedItem("text");
    this.#stop = form.querySelector(".stop");
    this.#notice = form.querySelector(".notice");
    this.#onTyping = onTyping;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(onSend);
    });
    this.#text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    this.#text.addEventListener("input", () => this.#typed());
    form.addEventListener("change", () => this.#invite());
    onLanguage(() => this.#invite());
    this.#invite();
    const stop = () => this.#stop.getAttribute("aria-disabled") === "false" && onStop();
    this.#stop.addEventListener("click", stop);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing && !document.querySelector("dialog[open]")) stop();
    });
  }

  get mode() {
    return this.#form.elements.namedItem("mode").value;
  }

  get text() {
    return this.#text.value.trim();
  }

  set text(text) {
    this.#text.value = text;
    this.#resize();
  }

  clear() {
    this.text = "";
    this.#quiet();
  }

  /** There is (no) speech to stop. */
  stoppable(possible) {
    this.#stop.setAttribute("aria-disabled", String(!possible));
  }

  /** Shows a sentence above the box; an empty one takes it away. */
  notice(sentence) {
    this.#notice.textContent = sentence ?? "";
    this.#notice.hidden = !sentence;
  }

  /** The face speaks the language of this code: said where it is not the page's. */
  speaks(code) {
    this.#spoken = code;
    this.#invite();
  }

  #invite() {
    const foreign = this.#spoken && this.#spoken !== language();
    const ask = foreign ? t("composer.ask_in", { language: nameOf(this.#spoken) }) : t("composer.ask");
    this.#text.placeholder = this.mode === "say" ? t("composer.say") : ask;
  }

  focus() {
    this.#text.focus();
  }

  #submit(onSend) {
    const { text } = this;
    if (!text) {
      this.notice(t("composer.empty"));
      this.#text.focus();
      return;
    }
    const problem = onSend(text, this.mode);
    this.notice(problem);
    if (!problem) this.clear();
  }

  #typed() {
    this.notice("");
    this.#resize();
    if (this.#typingTimer === null && this.#text.value) this.#onTyping(true);
    clearTimeout(this.#typingTimer);
    this.#typingTimer = setTimeout(() => this.#quiet(), TYPING_MS);
  }

  #quiet() {
    if (this.#typingTimer === null) return;
    clearTimeout(this.#typingTimer);
    this.#typingTimer = null;
    this.#onTyping(false);
  }

  // Browsers without `field-sizing: content` get the height from here.
  #resize() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#text.style.height = "auto";
    this.#text.style.height = `${Math.min(this.#text.scrollHeight, 160)}px`;
  }
}
