// Elements with words of the page's language, and calls of the server whose refusals are sentences.

import { t } from "../i18n.js";
import { refusal } from "../stream/whep.js";

/** What people call a presenter, and beside it the name that it has for programs, where that is another word. */
export function titleOf({ name, title }) {
  const shown = title || name;
  return { title: shown, name: shown.toLowerCase() === name.toLowerCase() ? null : name };
}

/** An element: `properties` are set on it (`class`, `dataset` and ARIA attributes, too), `children` go into it; null is left out. */
export function make(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (key === "class") made.className = value;
    else if (key === "dataset") Object.assign(made.dataset, value);
    else if (key.includes("-") || key === "role" || key === "for") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** An element whose words are those of `key`, and stay so when the language changes. */
export function words(name, key, properties = {}) {
  return make(name, { ...properties, textContent: t(key), dataset: { ...properties.dataset, i18n: key } });
}

/** A label with words of `key` around `control`; `hint`: the key of a sentence below it. */
export function field(key, control, hint = null) {
  return make("label", { class: "field" }, words("span", key), control, hint && words("small", hint));
}

/** A `select` named `name` of [value, key of its words]. */
export function choice(name, options, value = options[0][0]) {
  const select = make("select", { name }, ...options.map(([each, key]) => words("option", key, { value: each })));
  select.value = value;
  return select;
}

/** A button that does `act`, and is busy until that is done; what goes wrong is told by `tell`. Of a double click the first counts: the
 * second meets what stands there by then, such as “Make again” where “Cancel” was. */
export function button(key, act, tell, properties = {}) {
  const made = words("button", key, { type: "button", ...properties });
  made.addEventListener("click", ({ detail }) => detail < 2 && busy(made, act, tell));
  return made;
}

/** Fills `list` with `items`. Whoever stood on a control of an item that was drawn anew (the same `key` in its dataset) stands on its successor, else on `otherwise`. */
export function redraw(list, items, key, otherwise) {
  const focused = document.activeElement;
  const before = list.contains(focused) ? focused.closest(`[data-${key}]`) : null;
  const place = before ? controls(before).indexOf(focused) : -1;
  list.replaceChildren(...items);
  if (!before || focused === document.activeElement) return;
  const after = items.find((item) => item.dataset[key] === before.dataset[key]);
  const now = after ? controls(after) : [];
  (list.contains(focused) ? focused : (now[place] ?? now.at(-1) ?? otherwise)).focus();
}

const controls = (item) => [...item.querySelectorAll("a, button, input, select, summary, textarea, video")];

/** Runs `act` once at a time, with `element` marked as busy; its error goes to `tell` as a sentence. */
export async function busy(element, act, tell) {
  if (element.getAttribute("aria-busy") === "true") return;
  element.setAttribute("aria-busy", "true");
  tell("");
  try {
    await act();
  } catch (error) {
    tell(error instanceof TypeError ? t("studio.unsent") : error.message);
  } finally {
    element.removeAttribute("aria-busy");
  }
}

/** What the server answers, as JSON (null where it says nothing). Throws its refusal. */
export async function call(method, path, body = null) {
  const json = body !== null && !(body instanceof FormData);
  const headers = json ? { "Content-Type": "application/json" } : {};
  const response = await fetch(path, { method, headers, body: json ? JSON.stringify(body) : body });
  if (!response.ok) throw await refusal(response);
  return response.status === 204 ? null : response.json();
}
