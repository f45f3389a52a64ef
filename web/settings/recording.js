// Recording a conversation: asked for here or by the owner of the server, and only with the visitor's word. While it runs, a mark says so,
// and who agreed; afterwards there is a link that nobody else has.

import { language, onLanguage, t } from "../i18n.js";
import { inTab } from "./kept.js";

const LINK = "talking-head.recording"; // nobody else has it: a reload must not lose the film, nor the way to delete it
const LOOK_MS = 1000; // how often it is looked whether the film is there
const PATIENCE_MS = 300_000;

/** `button` opens `dialog`, which asks; `mark` is shown while it runs and afterwards. */
export class Recording {
  #session;
  #dialog;
  #button;
  #mark;
  #now = null; // the event by which it began
  #since = 0;
  #after = null; // {url, until, reason, state} of the one that ended
  #listens = false;
  #ticking = null;

  constructor(session, { dialog, button, mark }) {
    this.#session = session;
    this.#dialog = dialog;
    this.#button = button;
    this.#mark = mark;
    session.addEventListener("hello", ({ detail }) => this.#begin(detail));
    session.addEventListener("recording", ({ detail }) => this.#hear(detail));
    session.addEventListener("phase", ({ detail }) => detail.phase !== "open" && this.#lost());
    button.addEventListener("click", () => this.#ask({ owner: false }));
    dialog.querySelector(".sheet-head button").addEventListener("click", () => dialog.close());
    dialog.querySelector("[name=no]").addEventListener("click", () => dialog.close());
    dialog.querySelector("form").addEventListener("submit", (event) => this.#agree(event));
    onLanguage(() => this.#draw());
  }

  #begin({ records, listens }) {
    this.#button.hidden = !records;
    this.#listens = listens ?? false;
    if (!this.#now && !this.#after) this.#recall();
  }

  /** Shows what was recorded before the page was loaded anew, if it is still there. */
  async #recall() {
    const kept = inTab.get(LINK);
    if (!kept) return;
    const film = { ...JSON.parse(kept), reason: "stopped", state: "making" };
    const status = await look(film.url);
    if (status === 404) inTab.set(LINK, null);
    if (status !== 404 && !this.#now && !this.#after) this.#follow(film);
  }

  #ask({ owner, agreed = null }) {
    if (this.#now) return;
    const form = this.#dialog.querySelector("form");
    form.reset();
    form.voice.closest("label").hidden = !this.#listens;
    this.#dialog.querySelector(".asked").hidden = !owner;
    const said = this.#dialog.querySelector(".agreed");
    said.textContent = agreed ? t("recording.presenter", { words: agreed }) : "";
    said.hidden = !agreed;
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  #agree(event) {
    event.preventDefault();
    this.#dialog.close();
    this.#session.record(true, event.target.voice.checked && this.#listens);
  }

  #hear(event) {
    if (event.state === "asked") return this.#ask({ owner: true, agreed: event.agreed });
    clearInterval(this.#ticking);
    if (event.state === "on") {
      this.#now = event;
      inTab.set(LINK, JSON.stringify({ url: event.url, until: event.until }));
      this.#after = null;
      this.#since = performance.now();
      this.#ticking = setInterval(() => this.#tick(), 1000);
    } else if (this.#now) this.#end(event.reason || "stopped");
    this.#draw();
  }

  /** The session is over, by whatever: what was recorded until now is kept. */
  #lost() {
    this.#dialog.close();
    if (!this.#now) return;
    clearInterval(this.#ticking);
    this.#end("stopped");
    this.#draw();
  }

  #end(reason) {
    const { url, until } = this.#now;
    this.#now = null;
    this.#follow({ url, until, reason, state: "making" });
  }

  #follow(film) {
    this.#after = film;
    this.#draw();
    this.#wait(film);
  }

  async #wait(film) {
    for (const until = performance.now() + PATIENCE_MS; performance.now() < until; ) {
      const status = await look(film.url);
      if (!WAITS.includes(status)) {
        film.state = status === 200 ? "done" : "failed";
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    if (this.#after === film) this.#draw();
  }

  #tick() {
    const time = this.#mark.querySelector("time");
    if (time) time.textContent = clock(performance.now() - this.#since);
  }

  #draw() {
    this.#button.setAttribute("aria-pressed", String(this.#now !== null));
    this.#button.disabled = this.#now !== null;
    const focused = document.activeElement; // what is pressed in the mark is drawn anew, and what begins a recording is shut while it runs
    const here = this.#mark.contains(focused) || (this.#now && focused === this.#button);
    this.#mark.hidden = !this.#now && !this.#after;
    this.#mark.dataset.state = this.#now ? "on" : "off";
    if (this.#now) this.#running(this.#now);
    else if (this.#after) this.#ended(this.#after);
    if (here && !this.#mark.hidden) (this.#mark.querySelector("a, button") ?? this.#mark).focus({ preventScroll: true });
  }

  #running({ agreed, voice }) {
    const dot = element("i");
    dot.setAttribute("aria-hidden", "true");
    const both = element("small", [t(voice ? "recording.you_heard" : "recording.you"), agreed ? t("recording.presenter", { words: agreed }) : t("recording.nobody")].join(" "));
    const time = element("time", clock(performance.now() - this.#since));
    time.setAttribute("aria-hidden", "true"); // nobody wants to hear every second
    this.#mark.replaceChildren(dot, element("b", t("recording.on")), time, press("recording.stop", () => this.#session.record(false, false)), both);
  }

  #ended(film) {
    const parts = [element("b", t(`recording.ended_${film.reason}`))];
    if (film.state === "making") parts.push(element("span", t("recording.making")));
    if (film.state === "failed") parts.push(element("span", t("recording.failed")));
    if (film.state === "done") {
      const link = element("a", t("recording.download"));
      link.href = film.url;
      link.download = "";
      link.className = "tool";
      parts.push(link, press("recording.delete", () => this.#delete(film)));
      parts.push(press("page.close", () => this.#forget()));
      parts.push(element("small", t("recording.until", { when: new Date(film.until).toLocaleString(language(), { dateStyle: "medium", timeStyle: "short" }) })));
    }
    if (film.state === "failed") parts.push(press("page.close", () => this.#forget())); // not while it is made: a second click on “Stop” lost the link
    this.#mark.replaceChildren(...parts);
  }

  async #delete({ url }) {
    if (!confirm(t("recording.sure"))) return;
    const gone = await fetch(url, { method: "DELETE" }).then(({ status }) => status === 204 || status === 404, () => false);
    if (gone) this.#forget();
  }

  #forget() {
    this.#after = null;
    inTab.set(LINK, null);
    this.#draw();
    this.#button.focus();
  }
}

// The film may still come: nobody answers, it is being made, asked too often, and a server that has just begun anew.
const WAITS = [0, 202, 429, 503];

/** 200: the film is there, 202: it is being made, 0: nobody answers. */
const look = (url) => fetch(url, { method: "HEAD" }).then(({ status }) => status, () => 0);

const clock = (ms) => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;

function element(name, text = "") {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function press(key, act) {
  const made = element("button", t(key));
  made.type = "button";
  made.className = "tool";
  made.addEventListener("click", ({ detail }) => detail < 2 && act()); // the second click of two meets what stands there by then
  return made;
}
