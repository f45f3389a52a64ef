// The square that becomes the portrait: dragged on the photo, or moved by three sliders, which a keyboard reaches.

import { field, make, words } from "./dom.js";

const WAIT_MS = 250; // after the last movement

/** `onChange({left, top, side})` is called when the square rests; `show(draft)` takes what the server made of it. */
export class Crop {
  #onChange;
  #draft = null;
  #timer = null;
  #photo = make("img", { alt: "" });
  #frame = make("div", { class: "crop-frame" });
  #portrait = make("img", { class: "portrait", alt: "" });
  #points = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  #sliders = {};
  element;

  constructor(onChange) {
    this.#onChange = onChange;
    this.#points.setAttribute("viewBox", "0 0 1 1");
    this.#points.setAttribute("aria-hidden", "true");
    for (const name of ["left", "top", "side"]) {
      this.#sliders[name] = make("input", { type: "range", name: `crop-${name}`, step: 1 });
      this.#sliders[name].addEventListener("input", () => this.#moved());
    }
    this.element = make("div", { class: "crop" },
      make("figure", {}, make("div", { class: "crop-photo" }, this.#photo, this.#frame), words("figcaption", "crop.photo")),
      make("figure", {}, make("div", { class: "crop-photo" }, this.#portrait, this.#points), words("figcaption", "crop.portrait")),
      make("div", { class: "grid" }, field("crop.left", this.#sliders.left), field("crop.top", this.#sliders.top), field("crop.side", this.#sliders.side)));
    this.#drag();
  }

  /** Shows a draft as the server has it. */
  show(draft) {
    const fresh = draft.id !== this.#draft?.id;
    this.#draft = draft;
    if (fresh) this.#photo.src = draft.photo;
    const { left, top, side } = draft.crop;
    const most = Math.max(draft.width, draft.height);
    this.#limits("left", -most / 2, draft.width, left);
    this.#limits("top", -most / 2, draft.height, top);
    this.#limits("side", most / 8, most * 1.5, side);
    this.#draw();
    this.#portrait.src = `${draft.portrait}?${left},${top},${side}`;
    this.#points.replaceChildren(...draft.points.map(([x, y]) => {
      const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
      for (const [key, value] of Object.entries({ cx: x, cy: y, r: 0.003 })) dot.setAttribute(key, value);
      return dot;
    }));
  }

  /** The square goes back to where the server has it. */
  reset() {
    if (this.#draft) this.show(this.#draft);
  }

  #limits(name, min, max, value) {
    const slider = this.#sliders[name];
    slider.min = Math.floor(min);
    slider.max = Math.ceil(max);
    slider.value = Math.round(value);
  }

  #square() {
    return Object.fromEntries(Object.entries(this.#sliders).map(([name, slider]) => [name, slider.valueAsNumber]));
  }

  #draw() {
    const { left, top, side } = this.#square();
    const { width, height } = this.#draft;
    const percent = (share) => `${(100 * share).toFixed(2)}%`;
    Object.assign(this.#frame.style, { left: percent(left / width), top: percent(top / height), width: percent(side / width), height: percent(side / height) });
  }

  #moved() {
    this.#draw();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onChange(this.#square()), WAIT_MS);
  }

  #drag() {
    let from = null;
    this.#frame.addEventListener("pointerdown", (event) => {
      from = { x: event.clientX, y: event.clientY, ...this.#square() };
      this.#frame.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    this.#frame.addEventListener("pointermove", (event) => {
      if (!from) return;
      const scale = this.#draft.width / this.#photo.clientWidth;
      this.#sliders.left.value = from.left + (event.clientX - from.x) * scale;
      this.#sliders.top.value = from.top + (event.clientY - from.y) * scale;
      this.#moved();
    });
    for (const end of ["pointerup", "pointercancel"]) this.#frame.addEventListener(end, () => (from = null));
    this.#frame.addEventListener("wheel", (event) => {
      event.preventDefault();
      const { left, top, side } = this.#square();
      const grown = side * (event.deltaY > 0 ? 1.04 : 1 / 1.04);
      this.#sliders.side.value = grown;
      this.#sliders.left.value = left - (grown - side) / 2;
      this.#sliders.top.value = top - (grown - side) / 2;
      this.#moved();
    }, { passive: false });
  }
}
