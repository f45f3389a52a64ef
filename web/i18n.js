// The page's language: the visitor's choice, else what the browser asks for, else English. All words are in texts/, a module a language.
//
// In HTML: `data-i18n="key"` is the text of an element, `data-i18n-attr="aria-label:key; placeholder:key"` fills attributes.

import { inBrowser } from "./settings/kept.js";
import pageEn from "./texts/en.js";
import serverEn from "./texts/server/en.js";
import serverZh from "./texts/server/zh.js";
import pageZh from "./texts/zh.js";

const en = { ...pageEn, ...serverEn };
const TEXTS = { en, zh: { ...pageZh, ...serverZh } };
const CHOICE = "talking-head.language"; // what was chosen is remembered in this browser
const changes = new EventTarget();
let current = remembered() ?? wanted(navigator.languages ?? [navigator.language]);

/** Codes of the page's languages, each with what it calls itself. */
export const languages = Object.entries(TEXTS).map(([code, texts]) => ({ code, name: texts["language.name"] }));

/** Code of the language that the page is in. */
export const language = () => current;

/** The words for `key`, with `{name}` replaced by `values.name`; in the page's language, or in the one called `code`. */
export function t(key, values = {}, code = current) {
  const words = TEXTS[code]?.[key] ?? en[key] ?? key;
  return words.replaceAll(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** The name of a language that somebody speaks, by its code; the code where the page has no word for it. */
export const nameOf = (code) => (`speaks.${code}` in en ? t(`speaks.${code}`) : code);

/** The sentence of an error `{code, message}` of the server, which writes English: another language has its own for most codes. */
export const told = (error) => inLanguage("error", error);

/** The sentence of a remark `{code, message, values}` of the server on a file, such as how a photo was turned. */
export const remarked = (remark) => inLanguage("remark", remark);

function inLanguage(group, { code, message, values }) {
  const key = `${group}.${code}`;
  return (current === "en" && message) || !(key in en) ? message : t(key, values);
}

/** What a face is, where it comes from and on what terms, from the session's first event (or its label alone). */
export function creditLine({ label, source, licence }) {
  const bare = (text) => text?.replace(/[.。]$/, "");
  const mine = label === en["page.label"] ? t("page.label") : bare(label);
  if (source === undefined) return mine;
  const told = licence === "unknown" ? "page.credit_own" : "page.credit"; // of a face of one's own nobody asks for terms
  return t(told, { label: mine, source: bare(source), licence: bare(licence) });
}

/** Puts the page's words into `root` and all that is in it. */
export function translate(root = document) {
  for (const element of root.querySelectorAll("[data-i18n]")) {
    element.textContent = t(element.dataset.i18n);
    if (element.lang) element.lang = t("language.tag"); // inside what is in another language
  }
  for (const element of root.querySelectorAll("[data-i18n-attr]")) {
    for (const pair of element.dataset.i18nAttr.split(";")) {
      const [attribute, key] = pair.split(":");
      element.setAttribute(attribute.trim(), t(key.trim()));
    }
  }
}

/** The page is in the language `code` from now on, also when it is opened again. */
export function choose(code) {
  if (!(code in TEXTS)) return;
  inBrowser.set(CHOICE, code);
  speak(code);
}

// What was chosen in one tab holds in all that are open.
addEventListener("storage", ({ key, newValue }) => key === CHOICE && newValue in TEXTS && speak(newValue));

function speak(code) {
  current = code;
  changes.dispatchEvent(new Event("change"));
}

/** `draw()` writes words that change while the page lives: now it is not called, but whenever the language changes. */
export function onLanguage(draw) {
  changes.addEventListener("change", draw);
}

/** Makes this document a page in the visitor's language, and `select` (if any) the way to choose another. */
export function begin(select = null) {
  const draw = () => {
    document.documentElement.lang = t("language.tag");
    translate();
  };
  draw();
  onLanguage(draw);
  if (!select) return;
  select.replaceChildren(...languages.map(({ code, name }) => new Option(name, code, code === current, code === current)));
  for (const option of select.options) option.lang = t("language.tag", {}, option.value);
  select.addEventListener("change", () => choose(select.value));
  onLanguage(() => (select.value = current));
}

function remembered() {
  const code = inBrowser.get(CHOICE);
  return code in TEXTS ? code : null;
}

/** The first of the browser's languages that the page has. */
function wanted(tags) {
  return tags.map((tag) => tag.toLowerCase().split("-")[0]).find((code) => code in TEXTS) ?? "en";
}
