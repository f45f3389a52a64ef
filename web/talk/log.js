// The conversation so far: what was typed, what was written, and how much of it was heard.

import { t } from "../i18n.js";

/** Lines of the conversation inside `element` (role=log). */
export class Log {
  #element;
  #welcome;
  #turns = new Map(); // turn → {line, text, written}
  #spoken = null; // {utterance, line}: what the person is saying
  #asked = false; // the person has said something: until then the presenter speaks on its own
  #language = ""; // of the presenter, and so of the conversation; the page's remarks in it are in the page's

  constructor(element, welcome) {
    this.#element = element;
    this.#welcome = welcome;
  }

  /** The presenter speaks the language of this code: what follows is in it, whatever the page's is. */
  speaks(code) {
    this.#language = code;
  }

  /** What the person sent; `asWritten` marks text to be spoken word for word. */
  you(text, asWritten) {
    this.#asked = true;
    const line = this.#add("you", text);
    if (asWritten) line.append(tag("talk.as_written"));
  }

  /** What the person is saying, as far as it is understood: words after the first `settled` characters may still change. */
  transcript({ utterance, text, settled, final }) {
    if (this.#spoken?.utterance !== utterance) {
      if (!text) return;
      this.#asked = true;
      this.#spoken = { utterance, line: this.#add("you", "") };
    }
    const { line } = this.#spoken;
    const rest = document.createElement("span");
    rest.className = "unsettled";
    rest.textContent = final ? "" : text.slice(settled);
    line.replaceChildren(final ? text : text.slice(0, settled), ...(rest.textContent ? [rest] : []));
    line.setAttribute("aria-busy", String(!final)); // read out when it is whole
    if (final) {
      if (!text) line.remove(); // it was a cough, or only "mm-hm"
      this.#spoken = null;
    }
    this.#scroll(true);
  }

  /** A neutral remark, such as a new session. */
  note(text) {
    this.#add("note", text);
  }

  /** A question of the page, with a button for each of `answers` ([key, what it does]); it goes when one is pressed. */
  question(key, values, answers) {
    const line = this.#add("ask", "");
    const words = document.createElement("span");
    words.textContent = t(key, values);
    const buttons = answers.map(([label, act]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "chip";
      button.dataset.i18n = label;
      button.textContent = t(label);
      button.addEventListener("click", () => {
        line.remove();
        act();
      });
      return button;
    });
    line.append(words, ...buttons);
    this.#scroll(true);
    return line;
  }

  problem(text) {
    this.#add("problem", text);
  }

  thinking(turn) {
    this.#turn(turn);
  }

  reply({ turn, text }) {
    const entry = this.#turn(turn);
    entry.written = true;
    this.#grow(entry, entry.text + text);
  }

  /** Text spoken word for word has no reply events: its captions are the record. */
  caption({ turn, index, text }) {
    const entry = this.#turn(turn);
    if (entry.written || entry.clauses.has(index)) return;
    entry.clauses.add(index);
    this.#grow(entry, entry.text ? `${entry.text} ${text}` : text);
  }

  /** What the answer comes from: documents of the presenter's knowledge, shown once the answer stands. */
  sources({ turn, sources }) {
    this.#turn(turn).sources = sources;
  }

  end({ turn, reason, heard }) {
    const entry = this.#turns.get(turn);
    if (!entry) return;
    entry.ended = true;
    const { line, text } = entry;
    line.classList.remove("waiting");
    if (entry.sources?.length && line.textContent.trim()) line.append(chips(entry.sources));
    const missed = this.#asked || text || heard; // a greeting that gave way to another one was not
    if (reason === "interrupted" && missed) this.#cut(line, text, heard);
    if (!line.textContent.trim()) line.remove();
    line.removeAttribute("aria-busy"); // only now is it read out, whole
    this.#scroll(this.#atEnd());
  }

  /** Ends whatever is unfinished: the session it belonged to is gone, and nobody tells any more how much of it was heard. */
  closeTurns() {
    for (const { line, text, ended } of this.#turns.values()) {
      if (ended) continue;
      line.classList.remove("waiting");
      line.removeAttribute("aria-busy");
      if (text.trim()) line.append(tag("talk.stopped"));
      else line.remove();
    }
    this.#turns.clear();
    this.#spoken?.line.remove();
    this.#spoken = null;
  }

  #cut(line, text, heard) {
    const kept = text.startsWith(heard) ? heard : "";
    const rest = document.createElement("span");
    rest.className = "unheard";
    rest.textContent = kept || !heard ? text.slice(kept.length) : "";
    line.replaceChildren(kept || heard, rest, tag(heard ? "talk.stopped" : "talk.unspoken"));
  }

  #turn(turn) {
    let entry = this.#turns.get(turn);
    if (!entry) {
      const line = this.#add("face waiting", "");
      line.setAttribute("aria-busy", "true");
      entry = { line, text: "", written: false, clauses: new Set() };
      this.#turns.set(turn, entry);
    }
    return entry;
  }

  #grow(entry, text) {
    const stick = this.#atEnd();
    entry.text = text;
    entry.line.textContent = text.trimStart();
    entry.line.classList.remove("waiting");
    this.#scroll(stick);
  }

  #add(kind, text) {
    if (kind !== "ask") this.#welcome?.remove();
    const stick = this.#atEnd() || kind === "you";
    const line = document.createElement("div");
    line.className = `line ${kind}`;
    line.textContent = text;
    if (kind !== "ask" && kind !== "note" && kind !== "problem") line.lang = this.#language;
    this.#element.append(line);
    this.#scroll(stick);
    return line;
  }

  #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#element;
    return scrollHeight - scrollTop - clientHeight < 60;
  }

  #scroll(stick) {
    if (stick) this.#element.scrollTop = this.#element.scrollHeight;
  }
}

function chips(sources) {
  const list = document.createElement("ul");
  list.className = "sources";
  list.setAttribute("aria-label", t("talk.from"));
  for (const place of new Set(sources.map(({ document: file, heading }) => heading.split(" › ").at(-1) || file))) {
    const item = document.createElement("li");
    item.textContent = place;
    list.append(item);
  }
  return list;
}

function tag(key) {
  const node = document.createElement("small");
  node.className = "tag";
  node.dataset.i18n = key;
  node.textContent = t(key);
  node.lang = t("language.tag"); // not the line's
  return node;
}
