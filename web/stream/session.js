// A session that keeps itself alive: WHEP for sound and picture, a data channel for words, reconnecting with backoff.
//
// Dispatches CustomEvents, `detail` in brackets:
//   phase   {phase, message, retryInMs}   connecting | open | reconnecting | refused | ended (forgotten) | closed
//   media   {stream}                      a new MediaStream (after every reconnect)
//   cut     {turn}                        what was sent just now ends this turn: it should not be heard any longer
//   and every server event of PROTOCOL.md under its own type {the event}.

import { decode, encode } from "./events.js";
import { t, told } from "../i18n.js";
import { leave, negotiate, WhepError } from "./whep.js";

const BACKOFF_MS = [300, 1000, 2000, 4000, 8000];
const PING_MS = 2000;
const DEAD_MS = 7000; // no pong for this long: the server or the way to it is gone
const ICE_GRACE_MS = 2500; // "disconnected" often heals by itself
const LOOK_MS = 400; // how often it is looked whether packets arrive
const SILENT_MS = 800; // none for so long: the server is asked whether it still has the session

export class Session extends EventTarget {
  #endpoint;
  voice = ""; // another than the face's own
  pace = 1;
  #avatar = null;
  #pc = null;
  #channel = null;
  #resource = null;
  #abort = null;
  #attempt = 0;
  #why = ""; // the server's sentence about the last attempt
  #phase = null;
  #timer = null;
  #graceTimer = null;
  #pinger = null;
  #watcher = null;
  #lastPong = 0;
  #wanted = false;
  #everOpen = false;
  #speaking = null; // the turn that is being thought of or spoken
  #bargeIn = true;
  #voice = null; // the microphone's track
  #ear = null; // the transceiver that carries it, and the presenter's sound back

  constructor({ endpoint = "/whep" } = {}) {
    super();
    this.#endpoint = endpoint;
    this.iceServers = []; // as for RTCPeerConnection, from the next connection on
    this.id = null;
    this.rttMs = null;
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", (event) => event.persisted && this.open(this.#avatar));
    addEventListener("online", () => this.retryNow());
  }

  /** The live RTCPeerConnection, for statistics; null between connections. */
  get peer() {
    return this.#pc;
  }

  get isOpen() {
    return this.#channel?.readyState === "open";
  }

  /** Opens a session with `avatar` (null: the server's default), ending any that is open. */
  open(avatar = null) {
    this.#drop();
    this.#avatar = avatar;
    this.#wanted = true;
    this.#everOpen = false;
    this.#attempt = 0;
    this.#why = "";
    this.#connect();
  }

  /** Says goodbye and stays away. */
  close() {
    this.#wanted = false;
    this.#drop();
    this.#tell("phase", { phase: "closed", message: "" });
  }

  /** Skips what is left of the wait before the next attempt. */
  retryNow() {
    if (!this.#wanted || this.#pc) return;
    this.#attempt = 0;
    this.#connect();
  }

  /** Comes back after the server ended a session in which nothing was said; after it refused a face, with its own. */
  resume() {
    if (this.#phase === "ended") this.open(this.#avatar);
    if (this.#phase === "refused") this.open();
  }

  chat(text) {
    this.#send("chat", { text });
    if (this.#bargeIn) this.#cut();
  }

  /** Speaks `text`; `mood`: of this turn only, "" as the face is. */
  say(text, mood = "") {
    this.#send("say", mood ? { text, mood } : { text });
    if (this.#bargeIn) this.#cut();
  }

  /** From now on the face performs like `{mood, expressiveness, articulation}`. */
  perform(manner) {
    if (this.isOpen) this.#send("perform", manner);
  }

  /** From now on words are said so: `{word: how}`, respelt or in IPA between slashes. */
  pronounce(words) {
    if (this.isOpen) this.#send("pronounce", { words });
  }

  interrupt() {
    if (!this.isOpen) return;
    this.#send("interrupt");
    this.#cut();
  }

  typing(active) {
    if (this.isOpen) this.#send("typing", { active });
  }

  /** Sends the sound of `track` (null: none) from now on, also after a reconnect; `active`: somebody may be speaking, with `hold` as
   * long as a button is pressed. */
  microphone(track, { active, hold }) {
    this.#voice = track;
    this.#ear?.sender.replaceTrack(track).catch(() => {}); // the connection is closing: the next one sends it
    if (this.isOpen) this.#send("microphone", { active, hold });
  }

  /** The presenter may use what it keeps under `token` ("": no longer). */
  remember(token) {
    if (this.isOpen) this.#send("memory", { token });
  }

  /** The visitor agrees to a recording from now on, with their `voice` or without; or ends it. */
  record(active, voice) {
    if (this.isOpen) this.#send("record", { active, voice });
  }

  report(stats) {
    if (this.isOpen) this.#send("stats", stats);
  }

  #cut() {
    if (this.#speaking !== null) this.#tell("cut", { turn: this.#speaking });
  }

  #send(type, fields) {
    const message = encode(type, fields);
    if (!this.isOpen) throw new Error(t("composer.offline"));
    this.#channel.send(message);
  }

  async #connect() {
    clearTimeout(this.#timer);
    const phase = this.#everOpen || this.#attempt > 0 ? "reconnecting" : "connecting";
    this.#tell("phase", { phase, message: this.#why }); // what the server said last holds until it says something else
    const pc = new RTCPeerConnection({ iceServers: this.iceServers, bundlePolicy: "max-bundle" });
    const abort = new AbortController();
    this.#pc = pc;
    this.#abort = abort;
    const stream = new MediaStream();
    pc.addTransceiver("video", { direction: "recvonly" });
    this.#ear = pc.addTransceiver("audio", { direction: "sendrecv" }); // sends nothing while there is no microphone
    if (this.#voice) this.#ear.sender.replaceTrack(this.#voice);
    pc.addEventListener("track", ({ track }) => {
      stream.addTrack(track);
      if (stream.getTracks().length === 2) this.#tell("media", { stream });
    });
    pc.addEventListener("connectionstatechange", () => this.#watch(pc));
    this.#listen(pc, pc.createDataChannel("events", { ordered: true }));
    const giveUp = setTimeout(() => this.#lost(pc, null), 15_000);
    abort.signal.addEventListener("abort", () => clearTimeout(giveUp));
    try {
      const wishes = new URLSearchParams();
      if (this.#avatar !== null) wishes.set("avatar", this.#avatar);
      if (this.voice) wishes.set("voice", this.voice);
      if (this.pace !== 1) wishes.set("speed", this.pace);
      const url = wishes.size ? `${this.#endpoint}?${wishes}` : this.#endpoint;
      const resource = await negotiate(pc, url, abort.signal);
      if (this.#pc === pc) this.#resource = resource;
      else leave(resource);
    } catch (error) {
      if (error.name !== "AbortError") this.#lost(pc, error);
    }
    this.#channel?.addEventListener("open", () => clearTimeout(giveUp), { once: true });
    if (this.isOpen) clearTimeout(giveUp);
  }

  #listen(pc, channel) {
    this.#channel = channel;
    channel.addEventListener("open", () => {
      this.#attempt = 0;
      this.#why = "";
      this.#everOpen = true;
      this.#lastPong = performance.now();
      this.#pinger = setInterval(() => this.#ping(pc), PING_MS);
      this.#ping(pc);
      this.#watchPackets(pc);
      this.#tell("phase", { phase: "open", message: "" });
    });
    channel.addEventListener("close", () => this.#lost(pc, null));
    channel.addEventListener("message", ({ data }) => {
      const event = decode(data);
      if (event === null) return;
      if (event.type === "hello") {
        this.id = event.session;
        this.#bargeIn = event.barge_in ?? true;
      }
      if (event.type === "state") this.#speaking = ["thinking", "speaking"].includes(event.state) ? event.turn : null;
      if (event.type === "error" && event.code === "idle") return this.#forgotten(told(event));
      if (event.type === "pong") {
        this.#lastPong = performance.now();
        this.rttMs = this.#lastPong - event.t;
      }
      this.#tell(event.type, event);
    });
  }

  #ping(pc) {
    if (performance.now() - this.#lastPong > DEAD_MS) this.#lost(pc, null);
    else if (this.isOpen) this.#send("ping", { t: performance.now() });
  }

  // The server took its place back. It is not taken again before somebody wants it.
  #forgotten(message) {
    this.#wanted = false;
    this.#drop();
    this.#tell("phase", { phase: "ended", message });
  }

  // Sound arrives fifty times a second. Where it stops, what sends it may have died, which nothing on the line itself would tell for
  // seconds: the server knows.
  #watchPackets(pc) {
    let seen = -1;
    let since = performance.now();
    let asking = false;
    this.#watcher = setInterval(async () => {
      const received = await packets(pc);
      if (this.#pc !== pc) return;
      if (received !== seen) {
        seen = received;
        since = performance.now();
      } else if (!asking && this.#resource && performance.now() - since > SILENT_MS) {
        asking = true;
        const gone = await isGone(this.#resource);
        asking = false;
        if (gone) this.#lost(pc, null);
      }
    }, LOOK_MS);
  }

  #watch(pc) {
    clearTimeout(this.#graceTimer);
    if (pc.connectionState === "failed") this.#lost(pc, null);
    if (pc.connectionState === "disconnected") {
      this.#graceTimer = setTimeout(() => pc.connectionState !== "connected" && this.#lost(pc, null), ICE_GRACE_MS);
    }
  }

  #lost(pc, error) {
    if (this.#pc !== pc) return; // an older connection's last words
    this.#drop();
    if (!this.#wanted) return;
    const refused = error instanceof WhepError && error.status >= 400 && error.status < 500 && error.status !== 429;
    if (refused) {
      this.#wanted = false;
      this.#tell("phase", { phase: "refused", message: error.message });
      return;
    }
    const base = BACKOFF_MS[Math.min(this.#attempt, BACKOFF_MS.length - 1)];
    const wait = error?.retryAfter ? error.retryAfter * 1000 : base * (0.8 + 0.4 * Math.random());
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.#connect(), wait);
    this.#why = error instanceof WhepError ? error.message : "";
    this.#tell("phase", { phase: "reconnecting", message: this.#why, retryInMs: wait });
  }

  #drop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#graceTimer);
    clearInterval(this.#pinger);
    clearInterval(this.#watcher);
    const [pc, channel, resource, abort] = [this.#pc, this.#channel, this.#resource, this.#abort];
    this.#pc = this.#channel = this.#resource = this.#abort = this.#ear = null;
    this.id = null;
    this.#speaking = null;
    abort?.abort();
    if (channel?.readyState === "open") channel.send(encode("bye"));
    if (resource) leave(resource);
    pc?.close();
  }

  #tell(type, detail) {
    if (type === "phase") this.#phase = detail.phase;
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

async function packets(pc) {
  let received = 0;
  for (const report of (await pc.getStats()).values()) {
    if (report.type === "inbound-rtp") received += report.packetsReceived ?? 0;
  }
  return received;
}

/** Whether the server says that it has no such session (any more); one that does not answer has not said so. */
async function isGone(resource) {
  const response = await fetch(resource, { method: "HEAD", signal: AbortSignal.timeout(1500) }).catch(() => null);
  return response?.status === 404;
}
