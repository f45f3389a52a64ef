// Choosing a face: the portraits this server has, and a photo of one's own.

import { onLanguage, t } from "../i18n.js";
import { refusal } from "../stream/whep.js";
import { acceptDrops } from "./drops.js";

/** The dialog. Photos have at most `maxBytes`; `onChoose(avatar)` gets the avatar's object; it is opened with `open(current)`. */
export class Faces {
  #dialog;
  #list;
  #form;
  #photo;
  #notice;
  #current = null;
  #onChoose;
  #maxBytes;
  #previewUrl = null;

  constructor(dialog, maxBytes, onChoose) {
    this.#dialog = dialog;
    this.#maxBytes = maxBytes;
    this.#list = dialog.querySelector(".faces");
    this.#form = dialog.querySelector(".upload");
    this.#photo = dialog.querySelector("input[type=file]");
    this.#notice = dialog.querySelector(".notice");
    this.#onChoose = onChoose;
    dialog.querySelector(".sheet-head button").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    this.#photo.addEventListener("change", () => this.#preview());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#upload();
    });
    acceptDrops(dialog.querySelector(".drop"), (files) => {
      this.#photo.files = files;
      this.#preview();
    });
    onLanguage(() => this.#nameFile());
  }

  async open(current) {
    this.#current = current;
    this.#say("");
    this.#dialog.showModal();
    const changes = new EventSource("/presenters/events");
    changes.addEventListener("avatars", () => this.#draw());
    this.#dialog.addEventListener("close", () => changes.close(), { once: true });
    await this.#draw();
  }

  async #draw() {
    const response = await fetch("/avatars").catch(() => null);
    if (!response?.ok) {
      this.#say(t("faces.no_list"));
      return;
    }
    this.#list.replaceChildren(...(await response.json()).map((avatar) => this.#option(avatar)));
  }

  #option(avatar) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "face-option";
    button.setAttribute("aria-pressed", String(avatar.name === this.#current));
    const image = document.createElement("img");
    image.src = avatar.image;
    image.alt = "";
    const name = document.createElement("b");
    name.textContent = avatar.title && avatar.title !== avatar.name ? avatar.title : readable(avatar.name);
    const about = document.createElement("small"); // below the face that is chosen stands its licence anyway
    about.textContent = avatar.job || (avatar.licence === "unknown" ? "" : avatar.licence);
    button.append(image, name, about);
    button.addEventListener("click", () => this.#choose(avatar));
    item.append(button);
    return item;
  }

  #choose(avatar) {
    this.#dialog.close();
    this.#onChoose(avatar);
  }

  #preview() {
    const [file] = this.#photo.files;
    const image = this.#form.querySelector("#preview");
    if (this.#previewUrl) URL.revokeObjectURL(this.#previewUrl);
    this.#previewUrl = file ? URL.createObjectURL(file) : null;
    image.hidden = true;
    image.onload = () => (image.hidden = false);
    if (file) image.src = this.#previewUrl;
    this.#nameFile();
    this.#say("");
  }

  #nameFile() {
    const [file] = this.#photo.files;
    this.#form.querySelector("#drop-text").textContent = file ? file.name : t("faces.drop");
  }

  async #upload() {
    const [file] = this.#photo.files;
    const button = this.#form.querySelector(".primary");
    if (button.getAttribute("aria-busy") === "true") return;
    if (!file) return this.#say(t("faces.first"));
    if (file.size > this.#maxBytes) {
      return this.#say(t("faces.large", { size: Math.floor(this.#maxBytes / 1e6) }));
    }
    if (!this.#form.querySelector("#consent").checked) return this.#say(t("faces.agree"));
    this.#say("");
    button.setAttribute("aria-busy", "true");
    button.textContent = t("faces.looking");
    try {
      const body = new FormData();
      body.append("photo", file);
      const response = await fetch("/avatars", { method: "POST", body });
      if (response.status !== 201) throw await refusal(response);
      this.#choose(await response.json());
      this.#form.reset();
      this.#preview();
    } catch (error) {
      this.#say(error instanceof TypeError ? t("faces.unsent") : error.message);
    } finally {
      button.removeAttribute("aria-busy");
      button.textContent = t("faces.use");
    }
  }

  #say(sentence) {
    this.#notice.textContent = sentence;
    this.#notice.hidden = !sentence;
  }
}

/** "my_face" → "My face". */
export function readable(name) {
  const words = name.replaceAll(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
