// The microphone in the composer: a button that speaks or is held, a meter, and a dialog that explains and lets choose.

import { onLanguage, t, translate } from "../i18n.js";
import { Microphone, obstacle } from "./microphone.js";

const HEARD = 0.004; // RMS below which a microphone gives nothing
const DEAF_MS = 4000;

const BUTTON = `
  <button class="mic" type="button" aria-pressed="false" data-state="off">
    <svg viewBox="0 0 24 24" aria-hidden="true"><rect x="9" y="3.500" width="6" height="11" rx="3"/><path d="M5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3"/></svg>
    <span class="sr"></span>
  </button>`;

const DIALOG = `
  <dialog class="mic-dialog" aria-labelledby="mic-title">
    <form method="dialog">
      <h2 id="mic-title" data-i18n="microphone.title"></h2>
      <p class="mic-why" data-i18n="microphone.why"></p>
      <p class="mic-tone" data-i18n="microphone.tone" hidden></p>
      <p class="notice" role="alert" hidden></p>
      <fieldset class="mic-mode">
        <legend data-i18n="microphone.mode"></legend>
        <label><input type="radio" name="hold" value="open"><span><b data-i18n="microphone.open"></b> <span data-i18n="microphone.open_about"></span></span></label>
        <label><input type="radio" name="hold" value="hold"><span><b data-i18n="microphone.hold"></b> <span data-i18n="microphone.hold_about"></span></span></label>
      </fieldset>
      <label class="mic-device"><span data-i18n="microphone.device"></span> <select></select></label>
      <p class="mic-level"><span id="mic-level-text" data-i18n="microphone.level"></span> <meter min="0" max="1" low="0.05" value="0" aria-labelledby="mic-level-text"></meter></p>
      <div class="mic-actions">
        <button class="mic-go" type="button" value="go"></button>
        <button class="mic-close" value="close" data-i18n="page.close"></button>
      </div>
    </form>
  </dialog>`;

/** Adds the microphone to the composer's `form`, beside the text box. `notice(sentence)` shows what went wrong. */
export class MicrophoneButton {
  #microphone;
  #button;
  #dialog;
  #settings;
  #notice;
  #meter = null;
  #deafSince = null;
  #pressed = false;

  constructor(form, session, notice) {
    this.#microphone = new Microphone(session);
    this.#notice = notice;
    // Beside "send": the place of "stop" is empty while nobody speaks, and a hole between the two would look like a mistake.
    form.querySelector(".send").insertAdjacentHTML("beforebegin", BUTTON);
    this.#button = form.querySelector(".mic");
    // Beside the form, not in it: a form within a form is none.
    form.insertAdjacentHTML("afterend", DIALOG);
    this.#dialog = form.nextElementSibling;
    this.#settings = document.createElement("button");
    this.#settings.type = "button";
    this.#settings.className = "mic-settings";
    this.#settings.dataset.i18n = "microphone.device";
    this.#settings.hidden = true;
    form.querySelector(".under").append(this.#settings);
    this.#button.hidden = true; // until the server says that it listens
    this.#wire();
    const draw = () => {
      translate(form);
      translate(this.#dialog);
      this.#paint();
    };
    draw();
    onLanguage(draw);
    session.addEventListener("hello", ({ detail }) => this.#offer(detail.listens === true, detail.tone === true));
  }

  /** The server listens, or does not; `tone`: it minds how a voice sounds, which is said before the microphone is switched on. */
  #offer(listens, tone) {
    this.#button.hidden = !listens;
    this.#dialog.querySelector(".mic-tone").hidden = !tone;
    if (!listens && this.#microphone.state !== "off") this.#microphone.close();
  }

  #wire() {
    const [microphone, button, dialog] = [this.#microphone, this.#button, this.#dialog];
    microphone.addEventListener("change", () => this.#paint());
    microphone.addEventListener("lost", () => this.#notice(t("microphone.lost"))); // nobody should go on speaking to it
    button.addEventListener("click", () => !this.#holds && this.#toggle());
    button.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch talks
    button.addEventListener("pointerdown", (event) => {
      if (!this.#holds || event.button !== 0) return;
      button.setPointerCapture(event.pointerId);
      this.#talk(true);
    });
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) button.addEventListener(type, () => this.#talk(false));
    button.addEventListener("keydown", (event) => {
      if (!this.#holds || ![" ", "Enter"].includes(event.key)) return;
      event.preventDefault();
      if (!event.repeat) this.#talk(true);
    });
    button.addEventListener("keyup", (event) => [" ", "Enter"].includes(event.key) && this.#talk(false));
    button.addEventListener("blur", () => this.#talk(false));
    this.#settings.addEventListener("click", () => this.#explain());
    dialog.querySelector(".mic-go").addEventListener("click", () => this.#go());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => this.#measure());
    dialog.addEventListener("change", ({ target }) => {
      if (target.name === "hold") microphone.hold = target.value === "hold";
      if (target.tagName === "SELECT") microphone.choose(target.value).catch((error) => this.#tell(error.message));
    });
  }

  get #holds() {
    return ["ready", "on"].includes(this.#microphone.state) && this.#microphone.hold;
  }

  async #toggle() {
    if (this.#microphone.state === "on") this.#microphone.close();
    else if (obstacle() === null && (await this.#microphone.permitted())) await this.#open();
    else this.#explain();
  }

  #talk(active) {
    if (active === this.#pressed) return;
    this.#pressed = active;
    this.#microphone.talk(active);
  }

  async #explain() {
    const problem = obstacle();
    this.#tell(problem);
    for (const input of this.#dialog.querySelectorAll("[name=hold]")) input.checked = (input.value === "hold") === this.#microphone.hold;
    this.#dialog.showModal();
    this.#paint();
  }

  async #go() {
    if (this.#microphone.state === "off") await this.#open();
    else this.#microphone.close();
    if (this.#microphone.state !== "off") this.#dialog.close();
  }

  async #open() {
    this.#tell("");
    this.#notice("");
    try {
      await this.#microphone.open();
    } catch (error) {
      if (this.#dialog.open) this.#tell(error.message);
      else this.#notice(error.message);
    }
  }

  /** A sentence in the dialog. */
  #tell(sentence) {
    const notice = this.#dialog.querySelector(".notice");
    notice.textContent = sentence ?? "";
    notice.hidden = !sentence;
  }

  async #paint() {
    const { state, hold } = this.#microphone;
    const words = {
      off: t("microphone.speak"),
      asking: t("microphone.asking"),
      ready: t("microphone.hold"),
      on: t(hold ? "microphone.let_go" : "microphone.is_on"),
    };
    const button = this.#button;
    button.dataset.state = state;
    button.setAttribute("aria-pressed", String(state === "on"));
    button.querySelector(".sr").textContent = words[state];
    button.title = words[state];
    this.#settings.hidden = state === "off";
    const dialog = this.#dialog;
    dialog.querySelector(".mic-go").hidden = obstacle() !== null;
    dialog.querySelector(".mic-go").textContent = t(state === "off" ? "microphone.use" : "microphone.switch_off");
    dialog.querySelector(".mic-level").hidden = !["ready", "on"].includes(state);
    this.#measure();
    const devices = await this.#microphone.devices();
    const select = dialog.querySelector("select");
    select.parentElement.hidden = devices.length < 2;
    select.replaceChildren(...devices.map(({ id, label, chosen }) => new Option(label, id, chosen, chosen)));
  }

  /** The button's ring and the dialog's meter follow the voice while there is one to follow. */
  #measure() {
    clearInterval(this.#meter);
    const { state } = this.#microphone;
    this.#button.style.setProperty("--mic-level", "0");
    if (state !== "on" && !(state === "ready" && this.#dialog.open)) return;
    this.#deafSince = performance.now();
    this.#meter = setInterval(() => {
      const { level } = this.#microphone;
      const shown = Math.min(1, Math.sqrt(level) * 2);
      this.#button.style.setProperty("--mic-level", shown.toFixed(2));
      this.#dialog.querySelector("meter").value = shown;
      if (level > HEARD) this.#deafSince = null;
      if (this.#deafSince !== null && performance.now() - this.#deafSince > DEAF_MS && !this.#microphone.hold) {
        this.#deafSince = null;
        this.#notice(t("microphone.deaf"));
      }
    }, 80);
  }
}
