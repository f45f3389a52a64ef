// Silence at once. What the server has already sent sits in the jitter buffer for 50 to 150 ms more: it is not played here.

const RAMP_MS = 15; // short enough to feel immediate, long enough not to click
const STEP_MS = 3;
const DRY_MS = 400; // after the server said that the turn is over: what was on its way has been played, unheard
const DUCKED = 0.1; // of the volume, while it is not sure that somebody speaks
const DUCKED_MS = 8000; // whatever happens
const MOST_MS = 3000; // whatever happens, nobody stays silenced for longer

/** Turns `video` down when its `session` (see ../stream/session.js) cuts a turn, and up again for the next one's sound. */
export class Muter {
  #video;
  #turn = null; // the turn that is not to be heard; null: nothing is held back
  #ramp = null;
  #timer = null;
  #over = false; // the visitor speaks over the presenter

  constructor(video, session) {
    this.#video = video;
    const on = (type, handle) => session.addEventListener(type, ({ detail }) => handle(detail));
    on("cut", ({ turn }) => this.#quiet(turn));
    on("state", ({ state, turn }) => state === "speaking" && turn > this.#turn && this.#loud());
    on("turn_end", ({ turn }) => this.#turn !== null && turn >= this.#turn && this.#loudIn(DRY_MS));
    on("error", () => this.#loud()); // perhaps the text was refused, and the old turn goes on
    on("media", () => this.#loud());
    on("voice", ({ active }) => this.#duck(active));
  }

  /** The visitor speaks (no longer): what is still in the buffer is played softly, the server holds the rest back. */
  #duck(active) {
    this.#over = active;
    if (this.#turn !== null) return;
    if (active) this.#lower(DUCKED);
    else this.#up();
    if (active) this.#loudIn(DUCKED_MS);
  }

  #quiet(turn) {
    this.#turn = turn;
    this.#loudIn(MOST_MS);
    this.#lower(0);
  }

  #lower(target) {
    clearInterval(this.#ramp);
    const step = (STEP_MS / RAMP_MS) * Math.max(0, this.#video.volume - target);
    const lower = () => {
      this.#video.volume = Math.max(target, this.#video.volume - step);
      if (this.#video.volume <= target + step / 2) {
        this.#video.volume = target;
        clearInterval(this.#ramp);
      }
    };
    lower();
    this.#ramp = setInterval(lower, STEP_MS);
  }

  #up() {
    clearTimeout(this.#timer);
    clearInterval(this.#ramp);
    this.#video.volume = 1;
  }

  #loudIn(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#loud(), ms);
  }

  #loud() {
    if (this.#turn === null && !this.#over) return;
    this.#turn = null;
    this.#over = false;
    this.#up();
  }
}
