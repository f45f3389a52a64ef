// The list of presenters, and what can be done with each: talk, film, edit, take away as a file, delete.

import { onLanguage, t } from "../i18n.js";
import { button, busy, call, make, redraw, titleOf, words } from "./dom.js";
import { Maker } from "./maker.js";
import { Profile } from "./profile.js";

/** The tab. `film(name)` opens the form of films; `watch()` the history; `config`: the server's. */
export class Presenters {
  #root;
  #tell;
  #film;
  #list = make("ul", { class: "cards" });
  #title = words("h2", "studio.presenters", { tabIndex: -1 }); // where the keyboard goes when a card is no more
  #found = [];
  #editable;

  constructor(root, tell, config, film, watch) {
    this.#root = root;
    this.#tell = tell;
    this.#film = film;
    this.#editable = config.editable;
    root.append(this.#title, this.#list);
    if (!config.editable) root.append(words("p", "studio.closed", { class: "hint" }));
    root.append(new Maker(tell, config, watch).element);
    if (config.editable) root.append(this.#import());
    onLanguage(() => this.draw(this.#found));
  }

  /** Shows the presenters `found`. A card in which somebody has typed stays as it is until that is saved. */
  draw(found) {
    this.#found = found;
    const open = this.#list.querySelector("details[open]")?.dataset.name;
    const typed = new Map([...this.#list.querySelectorAll("form[data-unsaved]")].map((form) => form.closest("li"))
      .map((card) => [card.dataset.presenter, card]));
    const cards = found.map((each) => typed.get(each.name) ?? this.#card(each, each.name === open));
    redraw(this.#list, cards, "presenter", this.#title);
  }

  #card(presenter, open) {
    const image = make("img", { src: `${presenter.image}?${presenter.added ?? ""}`, alt: "", loading: "lazy" });
    const { title, name } = titleOf(presenter);
    const about = [name, presenter.job, presenter.licence !== "unknown" && presenter.licence].filter(Boolean).join(" · ");
    const badges = [presenter.own_teeth && "studio.own_teeth", presenter.twin && "studio.twin"].filter(Boolean);
    const actions = make("div", { class: "row" },
      words("a", "studio.talk", { href: `/?avatar=${encodeURIComponent(presenter.name)}`, class: "tool" }),
      button("studio.film", () => this.#film(presenter.name), this.#tell, { class: "tool" }));
    if (presenter.removable) {
      actions.append(
        words("a", "studio.export", { href: `/presenters/${encodeURIComponent(presenter.name)}/file`, class: "tool", download: "" }),
        button("studio.delete", () => this.#remove(presenter.name), this.#tell, { class: "tool danger" }));
    }
    const more = make("details", { open, dataset: { name: presenter.name } }, words("summary", "studio.consent_and_more"), make("div"));
    more.addEventListener("toggle", () => more.open && this.#more(presenter, more.lastChild), { once: true });
    if (open) this.#more(presenter, more.lastChild);
    const heading = make("h3", { id: `presenter-${presenter.name}`, textContent: title });
    for (const control of [...actions.children, more.firstChild]) control.setAttribute("aria-describedby", heading.id); // “Delete”: whom?
    return make("li", { class: "card", dataset: { presenter: presenter.name } }, image,
      make("div", {}, heading, make("p", { class: "hint", textContent: about }),
        badges.length ? make("p", {}, ...badges.map((key) => words("span", key, { class: "badge" }))) : null, actions, more));
  }

  async #more(presenter, place) {
    const { record, problem } = await call("GET", `/presenters/${encodeURIComponent(presenter.name)}/consent`)
      .catch((error) => ({ record: null, problem: error.message }));
    const rows = make("dl");
    for (const key of ["shown", "agreed", "scope", "until", "statement", "imported", "time"]) {
      if (record?.[key]) rows.append(words("dt", `consent.${key}`), make("dd", { textContent: record[key] }));
    }
    place.replaceChildren(problem ? make("p", { class: "notice", textContent: problem }) : rows);
    if (!presenter.removable) return;
    const profile = new Profile(presenter);
    const form = make("form", {}, profile.element, words("button", "studio.save", { class: "primary", type: "submit" }));
    form.addEventListener("input", () => (form.dataset.unsaved = ""));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(form, async () => {
        await call("PATCH", `/presenters/${encodeURIComponent(presenter.name)}`, profile.fill(new FormData()));
        delete form.dataset.unsaved;
        this.draw(this.#found);
        this.#tell(t("studio.saved", { name: presenter.name }));
      }, this.#tell);
    });
    place.append(form);
  }

  async #remove(name) {
    if (!confirm(t("studio.sure", { name }))) return;
    await call("DELETE", `/avatars/${encodeURIComponent(name)}`);
    this.#tell(t("studio.deleted", { name }));
  }

  #import() {
    const input = make("input", { type: "file", accept: ".zip", id: "import" });
    const trust = make("input", { type: "checkbox", id: "trust" });
    input.addEventListener("change", () => {
      const [file] = input.files;
      if (!file) return;
      busy(input, async () => {
        const form = new FormData();
        form.append("file", file);
        if (trust.checked) form.append("trust", "yes");
        const made = await call("POST", "/presenters", form);
        this.#tell(made.foreign ? t("studio.foreign", { name: made.name, number: made.foreign }) : t("studio.kept", { name: made.name }));
        trust.checked = false;
      }, this.#tell).finally(() => (input.value = ""));
    });
    return make("section", { class: "panel" }, words("h2", "studio.import"), words("p", "studio.import_about", { class: "hint" }),
      make("label", { class: "field" }, words("span", "studio.import_file"), input),
      make("label", { class: "check" }, trust, words("span", "studio.trust")));
  }
}
