// The face: video, state in words with a quiet ring, captions, disclosure, sound. Used by the page and by the Gradio demo.

import { Captions } from "./captions.js";
import { onLanguage, t, translate } from "../i18n.js";
import { Muter } from "./muter.js";
import { Level } from "./level.js";
import { Sound } from "./sound.js";

const TEMPLATE = `
  <div class="player-frame">
    <img class="player-poster" alt="" hidden>
    <video class="player-video" playsinline autoplay disablepictureinpicture disableremoteplayback data-i18n-attr="aria-label:player.face"></video>
    <div class="player-cover" hidden>
      <p class="player-message"></p>
      <button class="player-retry" type="button"></button>
    </div>
    <p class="player-status"><i aria-hidden="true"></i><span></span></p>
    <p class="player-label" data-i18n="player.label"></p>
    <p class="player-slow" role="status" data-i18n="player.slow" hidden></p>
    <p class="player-caption" hidden></p>
    <button class="player-sound" type="button" hidden>
      <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4.500 9.500h3l4.500-4v13l-4.500-4h-3z"/><path class="waves" d="M15.500 9.200a4 4 0 0 1 0 5.600M18 6.700a7.500 7.500 0 0 1 0 10.600"/><path class="cross" d="m15.500 9.500 5 5m0-5-5 5"/></svg>
      <span></span>
    </button>
    <p class="player-sr" role="status"></p>
  </div>`;

/** Builds the face inside `root` and follows `session` (see ../stream/session.js). */
export class Player {
  #part;
  #session;
  #phase = "loading";
  #state = "idle";
  #pictures = false;
  #levelTimer = null;

  constructor(root, session) {
    root.classList.add("player");
    root.innerHTML = TEMPLATE;
    translate(root);
    this.root = root;
    this.#session = session;
    this.#part = (name) => root.querySelector(`.player-${name}`);
    this.video = this.#part("video");
    this.captions = new Captions(this.#part("caption"));
    this.sound = new Sound(this.video);
    this.muter = new Muter(this.video, session);
    this.level = new Level();
    this.#wire();
    this.#paint();
    onLanguage(() => {
      translate(root); // a page that has the face inside may do it only for itself
      this.#paint();
    });
  }

  /** A still of the chosen face, shown until the live one arrives. */
  poster(url) {
    const image = this.#part("poster");
    image.hidden = !url;
    image.onerror = () => (image.hidden = true); // nobody of that name, or no longer: no broken picture over the face
    if (url) image.src = url;
  }

  /** The server is not ready yet; `message` says why. */
  loading(message) {
    if (this.#phase === "loading" && message !== this.#part("message").textContent) this.#enter("loading", message);
  }

  /** Nobody to show yet: `message` says what to do about it. Any later phase of the session ends this. */
  empty(message) {
    this.#enter("empty", message);
  }

  /** The server says (once a second) whether it has too little time for every picture. */
  slow(active) {
    this.#part("slow").hidden = !active;
  }

  #wire() {
    const session = this.#session;
    const on = (type, handle) => session.addEventListener(type, ({ detail }) => handle(detail));
    on("phase", ({ phase, message }) => this.#enter(phase, message));
    on("media", ({ stream }) => this.#attach(stream));
    on("hello", ({ session: id, labelled, language }) => {
      this.root.dataset.session = id;
      this.#part("caption").lang = language;
      this.root.dataset.labelled = labelled; // then the picture says it, and the page's own label would say it twice
    });
    on("state", ({ state }) => this.#become(state));
    on("caption", (caption) => this.captions.show(caption));
    on("turn_end", () => this.captions.clear());
    this.#part("retry").addEventListener("click", () => {
      if (this.#phase === "reconnecting") session.retryNow();
      else if (this.#phase === "closed") session.open();
      else session.resume();
    });
    this.#part("sound").addEventListener("click", (event) => {
      event.stopPropagation();
      if (this.sound.muted) this.sound.on();
      else this.sound.off();
    });
    this.sound.addEventListener("change", () => this.#paintSound());
  }

  #attach(stream) {
    this.video.srcObject = stream;
    this.level.attach(stream);
    this.#pictures = false;
    this.video.requestVideoFrameCallback(() => {
      this.#pictures = true;
      this.#paint();
    });
    this.sound.start();
  }

  #enter(phase, message) {
    const changed = phase !== this.#phase;
    this.#phase = phase;
    if (phase !== "open") {
      this.#state = "idle";
      this.root.dataset.session = "";
      this.captions.clear();
      this.slow(false);
    }
    this.#part("message").textContent = message || (phase === "reconnecting" ? t("player.lost") : "");
    if (changed || phase === "loading") this.#part("sr").textContent = phase === "open" ? t("player.connected") : [t(`state.${phase}`), message].filter(Boolean).join(": ");
    this.#paint();
  }

  #become(state) {
    this.#state = state;
    if (state === "thinking") this.captions.clear();
    this.#paint();
  }

  #paint() {
    const open = this.#phase === "open";
    const shown = open ? (this.#pictures ? this.#state : "connecting") : this.#phase;
    this.root.dataset.state = shown;
    this.root.dataset.live = String(this.#pictures && open);
    this.#part("status").lastElementChild.textContent = t(`state.${shown}`);
    const waits = this.#phase === "loading" && this.#part("message").textContent !== "";
    this.#part("cover").hidden = !waits && !["empty", "reconnecting", "refused", "ended", "closed"].includes(this.#phase);
    this.#part("retry").textContent = t(this.#phase === "ended" ? "player.continue" : "player.connect");
    this.#part("retry").hidden = waits || this.#phase === "empty";
    this.#part("sound").hidden = !open;
    this.#paintSound();
    this.#followVoice(shown === "speaking");
  }

  #paintSound() {
    const button = this.#part("sound");
    button.dataset.blocked = String(this.sound.blocked);
    button.dataset.muted = String(this.sound.muted);
    button.lastElementChild.textContent = t(this.sound.muted ? "player.unmute" : "player.mute");
  }

  // The ring swells a little with the voice, in steps: a ring that is drawn 60 times a second takes a third of a core.
  #followVoice(active) {
    clearInterval(this.#levelTimer);
    this.root.style.setProperty("--level", "0");
    if (!active || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.#levelTimer = setInterval(() => {
      this.root.style.setProperty("--level", Math.min(1, this.level.read() * 5).toFixed(1));
    }, 80);
  }
}
