// Words that the visitor wants to be said in another way: a list in the settings, kept in this browser, told to every session.

import { t } from "../i18n.js";
import { inBrowser } from "./kept.js";

const KEPT = "talking-head.pronunciations";
const MOST_WORDS = 50; // as the server takes them, see PROTOCOL.md
const MOST_CHARACTERS = 60;
const QUIET_MS = 600;

/** The form. `session` is told the list whenever it changes, and at the beginning of every session. */
export class Pronunciations {
  #form;
  #session;
  #timer = null;

  constructor(form, session) {
    this.#form = form;
    this.#session = session;
    form.list.value = inBrowser.get(KEPT) ?? "";
    form.addEventListener("submit", (event) => event.preventDefault());
    form.list.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#change(), QUIET_MS);
    });
    session.addEventListener("hello", () => form.list.value.trim() && this.#tell());
  }

  #change() {
    inBrowser.set(KEPT, this.#form.list.value);
    this.#tell();
  }

  /** Sends the list, or says beside it what is wrong with it. */
  #tell() {
    const notice = this.#form.querySelector(".notice");
    notice.textContent = "";
    try {
      this.#session.pronounce(parse(this.#form.list.value));
    } catch (error) {
      notice.textContent = error.message;
    }
    notice.hidden = !notice.textContent;
  }
}

/** `{word: how}` of lines "word = how"; throws an Error with a sentence. */
function parse(text) {
  const words = {};
  for (const [index, line] of text.split("\n").entries()) {
    if (!line.trim()) continue;
    const [word, how] = line.split(/[=＝](.*)/su).map((part) => part.trim());
    if (!word || !how) throw new Error(t("pronunciations.line", { number: index + 1 }));
    if (Math.max([...word].length, [...how].length) > MOST_CHARACTERS) throw new Error(t("pronunciations.long", { most: MOST_CHARACTERS }));
    words[word] = how;
  }
  if (Object.keys(words).length > MOST_WORDS) throw new Error(t("pronunciations.many", { most: MOST_WORDS }));
  return words;
}
