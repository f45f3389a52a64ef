// How good the connection is: a digest of getStats(), three bars, and a panel for the curious.

const EVERY_MS = 1000;

/** Reads `session`'s connection once a second and dispatches `digest` {figures, level}. */
export class Quality extends EventTarget {
  /** The server leaves pictures out and answers late: that is not the connection's fault. */
  serverIsSlow = false;
  #session;
  #before = null;
  #peer = null;

  constructor(session) {
    super();
    this.#session = session;
    setInterval(() => this.#read(), EVERY_MS);
  }

  async #read() {
    const pc = this.#session.peer;
    if (!pc || pc.connectionState !== "connected") {
      this.#before = null;
      this.dispatchEvent(new CustomEvent("digest", { detail: { figures: null, level: "unknown" } }));
      return;
    }
    if (pc !== this.#peer) this.#before = null;
    this.#peer = pc;
    const now = gather(await pc.getStats());
    const figures = digest(now, this.#before, this.#session.rttMs);
    this.#before = now;
    if (!figures) return;
    const { codec, size, loss, ...wire } = figures;
    this.#session.report(Object.fromEntries(Object.entries(wire).filter(([, value]) => Number.isFinite(value))));
    this.dispatchEvent(new CustomEvent("digest", { detail: { figures, level: level(figures, this.serverIsSlow) } }));
  }
}

function gather(report) {
  const all = [...report.values()];
  const inbound = (kind) => all.find((entry) => entry.type === "inbound-rtp" && entry.kind === kind);
  const video = inbound("video");
  const audio = inbound("audio");
  const pair = all.find((entry) => entry.type === "candidate-pair" && entry.nominated && entry.state === "succeeded");
  return { video, audio, pair, codec: video?.codecId ? report.get(video.codecId)?.mimeType : null };
}

function digest({ video, audio, pair, codec }, before, rttMs) {
  if (!video || !audio || !before?.video || !before?.audio) return null;
  const seconds = (video.timestamp - before.video.timestamp) / 1000;
  const grown = (key, now = video, then = before.video) => (now[key] ?? 0) - (then[key] ?? 0);
  const buffered = grown("jitterBufferEmittedCount", audio, before.audio);
  const lost = grown("packetsLost") + grown("packetsLost", audio, before.audio);
  const received = grown("packetsReceived") + grown("packetsReceived", audio, before.audio);
  const bytes = grown("bytesReceived") + grown("bytesReceived", audio, before.audio);
  return {
    fps: grown("framesDecoded") / seconds,
    frames_decoded: video.framesDecoded,
    frames_dropped: video.framesDropped,
    freezes: video.freezeCount,
    jitter_ms: Math.max(video.jitter ?? 0, audio.jitter ?? 0) * 1000,
    jitter_buffer_ms: buffered > 0 ? (grown("jitterBufferDelay", audio, before.audio) / buffered) * 1000 : Number.NaN,
    packets_lost: (video.packetsLost ?? 0) + (audio.packetsLost ?? 0),
    bitrate_kbps: (bytes * 8) / seconds / 1000,
    rtt_ms: pair?.currentRoundTripTime != null ? pair.currentRoundTripTime * 1000 : (rttMs ?? Number.NaN),
    // Both are estimates of the sender's clock for what is played at this moment: their difference is the lip-sync error.
    av_skew_ms: audio.estimatedPlayoutTimestamp - video.estimatedPlayoutTimestamp,
    loss: lost / Math.max(1, lost + received),
    codec: codec?.replace("video/", "") ?? "",
    size: `${video.frameWidth ?? 0} × ${video.frameHeight ?? 0}`,
  };
}

/** Of loss alone where the server is slow: pictures are few then, and the echo of a packet waits for the same cores. */
export function level({ fps, loss, rtt_ms: rtt }, serverIsSlow) {
  const late = !serverIsSlow;
  if (loss > 0.05 || (late && (fps < 15 || rtt > 600))) return "poor";
  if (loss > 0.01 || (late && (fps < 22 || rtt > 250))) return "fair";
  return "good";
}
