// What the presenter keeps of the visitor: asked for in words, offered thing by thing, shown, changed and deleted.
//
// Permission is a token that only this browser holds. Without one the server notices nothing and knows nothing.

import { t } from "../i18n.js";
import { inBrowser, inTab } from "./kept.js";
import { refusal } from "../stream/whep.js";

const TOKEN = "talking-head.memory"; // in this browser, until the visitor wants to be forgotten
const DECLINED = "talking-head.no-memory"; // for as long as this tab is open

/** `log` shows the questions, `dialog` the list; `button` opens it and is there only when something may be kept. */
export class Memory {
  #session;
  #log;
  #dialog;
  #button;
  #token = inBrowser.get(TOKEN);
  #presenter = "";
  #asked = null; // the question in the conversation, until it is answered

  constructor(session, { log, dialog, button }) {
    this.#session = session;
    this.#log = log;
    this.#dialog = dialog;
    this.#button = button;
    session.addEventListener("hello", ({ detail }) => this.#begin(detail));
    session.addEventListener("noticed", ({ detail }) => this.#offer(detail));
    button.addEventListener("click", () => this.#open());
    dialog.querySelector(".sheet-head button").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.querySelector("[name=forget]").addEventListener("click", () => this.#forget());
  }

  #begin({ avatar, remembers }) {
    this.#presenter = avatar;
    this.#button.hidden = !(remembers && this.#token);
    this.#asked?.remove();
    this.#asked = null;
    if (!remembers) return;
    if (this.#token) this.#session.remember(this.#token);
    else if (!inTab.get(DECLINED)) this.#ask();
  }

  /** Asks for permission, in words. */
  #ask() {
    this.#asked = this.#log.question("memory.may", {}, [
      ["memory.yes", () => this.#allow()],
      ["memory.no", () => inTab.set(DECLINED, "1")],
    ]);
  }

  async #allow() {
    const { token } = (await this.#call("POST", "/memory")) ?? {};
    if (!token) return;
    this.#token = token;
    inBrowser.set(TOKEN, token);
    this.#button.hidden = false;
    this.#session.remember(token);
  }

  /** Offers to keep what the visitor just said. */
  #offer({ kind, value }) {
    this.#log.question(`memory.keep_${kind}`, { value }, [
      ["memory.remember", () => this.#call("POST", "/memory/facts", { presenter: this.#presenter, kind, value })],
      ["memory.leave", () => {}],
    ]);
  }

  async #open() {
    this.#dialog.showModal();
    await this.#list();
  }

  async #list() {
    const list = this.#dialog.querySelector("ul");
    const { kept = {}, titles = {} } = (await this.#call("GET", "/memory")) ?? {};
    const rows = Object.entries(kept).flatMap(([presenter, facts]) => facts.map((fact) => this.#row(titles[presenter] ?? presenter, fact)));
    list.replaceChildren(...rows);
    this.#dialog.querySelector(".empty").hidden = rows.length > 0;
  }

  #row(presenter, { id, kind, value }) {
    const row = document.createElement("li");
    const label = document.createElement("label");
    const words = document.createElement("span");
    words.textContent = t("memory.of", { presenter, kind: t(`memory.kind_${kind}`) });
    const field = document.createElement("input");
    field.value = value;
    field.maxLength = 60;
    field.addEventListener("change", () => this.#call("PUT", `/memory/facts/${id}`, { value: field.value }));
    label.append(words, field);
    const gone = document.createElement("button");
    gone.type = "button";
    gone.className = "tool";
    gone.textContent = t("memory.delete");
    gone.addEventListener("click", async ({ detail }) => {
      if (detail > 1) return; // the second click of two meets the row that has moved up
      await this.#call("DELETE", `/memory/facts/${id}`);
      await this.#list();
    });
    row.append(label, gone);
    return row;
  }

  /** Deletes everything, and the permission. */
  async #forget() {
    if ((await this.#call("DELETE", "/memory")) === null) return;
    this.#gone();
    this.#dialog.close();
  }

  #gone() {
    this.#token = null;
    inBrowser.set(TOKEN, null);
    inTab.set(DECLINED, "1"); // who has just been forgotten is not asked again at once
    this.#button.hidden = true;
    this.#session.remember("");
  }

  /** The server's answer; null where it refused, which is told. */
  async #call(method, path, body) {
    const notice = this.#dialog.querySelector(".notice");
    notice.hidden = true;
    const headers = { ...(this.#token && { "Memory-Token": this.#token }), ...(body && { "Content-Type": "application/json" }) };
    try {
      const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
      if (response.ok) return response.status === 204 ? {} : await response.json();
      if (response.status === 404 && path === "/memory") this.#gone();
      this.#tell((await refusal(response)).message);
    } catch {
      this.#tell(t("access.silent"));
    }
    return null;
  }

  #tell(sentence) {
    const notice = this.#dialog.querySelector(".notice");
    if (!this.#dialog.open) return this.#log.problem(sentence);
    notice.textContent = sentence;
    notice.hidden = false;
  }
}
