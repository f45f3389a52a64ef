// Films and trainings: what waits, runs, is done; progress, cancel, download, make again.

import { language, onLanguage, t, told } from "../i18n.js";
import { button, call, make, redraw, words } from "./dom.js";

const EVERY_MS = 1000;

/** The tab; `watch(true)` keeps it up to date for as long as it is seen. */
export class History {
  #tell;
  #list = make("ul", { class: "jobs" });
  #timer = null;
  #title = words("h2", "studio.history", { tabIndex: -1 }); // where the keyboard goes when a job is no more
  #drawn = new Map(); // id → what was drawn of it, and `tell(job)`, which says how far it is
  #lost = false; // the server did not answer, and the page says so

  constructor(root, tell) {
    this.#tell = tell;
    root.append(this.#title, this.#list);
    onLanguage(() => {
      this.#drawn.clear();
      this.#look();
    });
  }

  watch(seen) {
    clearInterval(this.#timer);
    if (!seen) return;
    this.#look();
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  async #look() {
    let jobs;
    try {
      jobs = await call("GET", "/jobs");
    } catch (error) {
      this.#lost = true;
      this.#tell(error instanceof TypeError ? t("studio.unsent") : error.message);
      return;
    }
    if (this.#lost) this.#tell(""); // it answers again
    this.#lost = false;
    const now = new Map();
    const items = jobs.map((job) => {
      const print = JSON.stringify([job.state, job.title, job.code, job.files]);
      const before = this.#drawn.get(job.id);
      const drawn = before?.print === print ? before : { print, ...this.#item(job) }; // its buttons stay under a finger and the focus
      drawn.tell(job);
      now.set(job.id, drawn);
      return drawn.item;
    });
    this.#drawn = now;
    if (!items.length) items.push(words("li", "history.none", { class: "hint" }));
    const same = items.length === this.#list.children.length && items.every((item, index) => this.#list.children[index] === item);
    if (!same) redraw(this.#list, items, "job", this.#title);
  }

  async #forget({ id, title, kind, files }) {
    if (files.length && !confirm(t("history.sure", { name: title || t(`history.${kind}`) }))) return;
    await call("DELETE", `/jobs/${id}`);
    await this.#look();
  }

  #item(job) {
    const active = job.state === "queued" || job.state === "running";
    const act = (method, path) => async () => {
      await call(method, path);
      await this.#look();
    };
    const row = make("div", { class: "row" }, ...job.files.map((file) =>
      make("a", { class: "tool", href: file.url, download: file.name, textContent: t("history.download", { name: file.name }) })));
    if (active) row.append(button("history.cancel", act("DELETE", `/jobs/${job.id}`), this.#tell, { class: "tool" }));
    else {
      row.append(button("history.again", act("POST", `/jobs/${job.id}/again`), this.#tell, { class: "tool" }),
        button("history.forget", () => this.#forget(job), this.#tell, { class: "tool danger" }));
    }
    const film = job.files.find((file) => /\.(mp4|webm)$/.test(file.name));
    const picture = job.files.find((file) => /\.(png|jpg)$/.test(file.name));
    const heading = make("h3", { id: `job-${job.id}`, textContent: job.title || t(`history.${job.kind}`) });
    for (const control of row.children) control.setAttribute("aria-describedby", heading.id); // “Cancel”: what?
    const hint = make("p", { class: "hint" });
    const bar = make("progress", { max: 1, hidden: !active, "aria-label": t("history.progress") });
    const tell = (now) => {
      hint.textContent = [t(`history.${now.state}`), doing(now)].filter(Boolean).join(" · ");
      bar.value = now.progress;
    };
    const item = make("li", { class: "card", dataset: { state: job.state, job: job.id } },
      film ? make("video", { src: film.url, poster: picture?.url ?? "", controls: true, preload: "metadata", playsInline: true })
        : picture ? make("img", { src: picture.url, alt: t("history.compare") }) : null,
      make("div", {}, heading, hint, bar, row));
    return { item, tell };
  }
}

/** What becomes of a job: English has the server's sentence, other languages the share that is done, and why it failed. */
function doing(job) {
  if (job.state === "failed") return told({ code: job.code, message: job.sentence });
  if (language() === "en") return job.sentence;
  return job.state === "running" ? `${Math.round(100 * job.progress)} %` : "";
}
