// The visitor's microphone: asked for, chosen, switched on and off, and sent with a session. No page elements in here.
//
// Dispatches "change" whenever `state` or the list of devices may be another one, and "lost" when it is off because it was
// unplugged, or its permission was taken back.

import { t } from "../i18n.js";
import { inBrowser } from "../settings/kept.js";
import { Level } from "../player/level.js";

const CLEAN = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
const CHOICE = "talking-head.microphone"; // what was chosen is remembered in this browser: {device, hold, used}

const REFUSALS = { NotAllowedError: "microphone.forbidden", NotFoundError: "microphone.none", NotReadableError: "microphone.taken" };

/** Why there can be no microphone on this page, as a sentence; null if there can. */
export function obstacle() {
  if (!window.isSecureContext) return t("microphone.insecure");
  if (!navigator.mediaDevices?.getUserMedia) return t("microphone.old_browser");
  return null;
}

/** One microphone for `session` (see ../stream/session.js). `state` is "off", "asking", "ready" (held, not sent) or "on". */
export class Microphone extends EventTarget {
  #session;
  #stream = null;
  #level = new Level();
  #choice = remembered();
  #wish = 0; // number of the latest wish: an answer to an older one comes too late

  constructor(session) {
    super();
    this.state = "off";
    this.#session = session;
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.#changed());
    session.addEventListener("phase", ({ detail: { phase } }) => phase === "open" && this.state === "on" && this.#send(true));
  }

  /** Whether it is sent only while a button is held. */
  get hold() {
    return this.#choice.hold;
  }

  set hold(hold) {
    this.#remember({ hold });
    if (this.#stream) this.#become(hold ? "ready" : "on");
  }

  /** RMS of the last 10 ms, 0..1. */
  get level() {
    return this.#stream ? this.#level.read() : 0;
  }

  /** Whether somebody has switched it on here before, and the browser will not ask. */
  async permitted() {
    if (!this.#choice.used) return false;
    try {
      return (await navigator.permissions.query({ name: "microphone" })).state === "granted";
    } catch {
      return this.#stream !== null; // a browser that does not tell
    }
  }

  /** `[{id, label, chosen}]`; labels are empty before the permission. */
  async devices() {
    const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
    const chosen = this.#stream?.getAudioTracks()[0]?.getSettings().deviceId ?? this.#choice.device;
    return all
      .filter(({ kind, deviceId }) => kind === "audioinput" && deviceId)
      .map(({ deviceId, label }, index) => ({ id: deviceId, label: label || t("microphone.nth", { number: index + 1 }), chosen: deviceId === chosen }));
  }

  /** Uses another device from now on. */
  async choose(device) {
    this.#remember({ device });
    if (this.#stream) await this.open();
  }

  /** Asks for the microphone and opens it: sent at once, or with `hold` when `talk(true)` says so. Throws an Error with a sentence. */
  async open() {
    const problem = obstacle();
    if (problem) throw new Error(problem);
    const wish = ++this.#wish;
    if (!this.#stream) this.#enter("asking");
    try {
      const stream = await this.#ask();
      if (wish !== this.#wish) return stop(stream);
      stop(this.#stream);
      this.#stream = stream;
    } catch (error) {
      if (wish === this.#wish && !this.#stream) this.#enter("off");
      throw new Error(t(REFUSALS[error.name] ?? "microphone.failed", { reason: error.message }));
    }
    this.#stream.getAudioTracks()[0].addEventListener("ended", () => {
      if (wish !== this.#wish) return; // a newer one has taken its place
      this.close();
      this.dispatchEvent(new Event("lost"));
    });
    this.#level.attach(this.#stream);
    this.#remember({ used: true });
    this.#become(this.hold ? "ready" : "on");
  }

  /** While a button is held (only with `hold`). */
  talk(active) {
    if (this.#stream && this.hold) this.#become(active ? "on" : "ready");
  }

  /** Switches it off; the browser shows that it is no longer used. */
  close() {
    this.#wish += 1;
    stop(this.#stream);
    this.#stream = null;
    this.#send(false);
    this.#enter("off");
  }

  async #ask() {
    const { device } = this.#choice;
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: device ? { ...CLEAN, deviceId: { exact: device } } : CLEAN });
    } catch (error) {
      if (!device || !["OverconstrainedError", "NotFoundError"].includes(error.name)) throw error;
      this.#remember({ device: "" }); // it was unplugged: any other will do
      return navigator.mediaDevices.getUserMedia({ audio: CLEAN });
    }
  }

  #become(state) {
    this.#stream.getAudioTracks()[0].enabled = state === "on";
    this.#send(state === "on");
    this.#enter(state);
  }

  #send(active) {
    this.#session.microphone(this.#stream?.getAudioTracks()[0] ?? null, { active, hold: this.hold });
  }

  #enter(state) {
    this.state = state;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  #remember(part) {
    this.#choice = { ...this.#choice, ...part };
    inBrowser.set(CHOICE, JSON.stringify(this.#choice));
  }
}

function remembered() {
  const standard = { device: "", hold: false, used: false };
  try {
    return { ...standard, ...JSON.parse(inBrowser.get(CHOICE)) };
  } catch {
    return standard;
  }
}

function stop(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
