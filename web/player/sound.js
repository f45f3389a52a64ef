// Browsers keep a page silent until the person has touched it. Play anyway, muted, and say so.

/** Plays `video` with sound if the browser allows it, else muted until the first touch or key. */
export class Sound extends EventTarget {
  #video;
  #chosenMute = false;

  constructor(video) {
    super();
    this.#video = video;
    this.blocked = false;
    // Not on the sound button itself: its own click would find the sound on and mute it again.
    const touch = ({ target }) => this.blocked && !target.closest?.(".player-sound") && queueMicrotask(() => this.on());
    for (const type of ["pointerdown", "keydown"]) addEventListener(type, touch, { capture: true, passive: true });
    video.addEventListener("pause", () => video.srcObject && video.play().catch(() => {})); // a headset's button, a phone call
  }

  get muted() {
    return this.#video.muted;
  }

  async start() {
    this.#video.muted = this.#chosenMute;
    try {
      await this.#video.play();
      this.#set(false);
    } catch (error) {
      if (error.name !== "NotAllowedError") return; // a newer stream took over
      this.#video.muted = true;
      await this.#video.play().catch(() => {});
      this.#set(!this.#chosenMute);
    }
  }

  on() {
    this.#chosenMute = false;
    return this.start();
  }

  off() {
    this.#chosenMute = true;
    this.#video.muted = true;
    this.#set(false);
  }

  #set(blocked) {
    this.blocked = blocked;
    this.dispatchEvent(new Event("change"));
  }
}
