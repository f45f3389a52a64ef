// What `talking-head bench pipeline` runs inside the browser, on top of bench_client.js.
// Frames are found by their RTP timestamp; sound by a worklet that sees every sample. All times are performance.now().
async () => {
  const LOUD = 0.004;
  const client = await window.connect();
  const { pc, channel, stream, video } = client;
  const events = [];
  const frames = []; // [rtpTimestamp, when displayed]
  const loud = []; // when a block of 128 samples was loud
  let origin = null;
  const session = new EventTarget(); // what the page's session tells the page's modules
  const tell = (type, detail) => session.dispatchEvent(new CustomEvent(type, { detail }));
  new (await import("/player/muter.js")).Muter(video, session);
  let silent = null; // when the player was turned down, null: it is heard
  video.addEventListener("volumechange", () => (silent = video.volume > 0 ? null : (silent ?? performance.now())));
  channel.onmessage = ({ data }) => {
    const event = { ...JSON.parse(data), at: performance.now() };
    if (event.type === "stats" && event.video_rtp_origin !== undefined) origin = event.video_rtp_origin;
    events.push(event);
    tell(event.type, event);
  };
  const seen = (now, frame) => {
    frames.push([frame.rtpTimestamp, Math.max(now, frame.expectedDisplayTime)]);
    video.requestVideoFrameCallback(seen);
  };
  video.requestVideoFrameCallback(seen);

  await window.listen(stream, LOUD, (at) => loud.push(at));

  const until = async (found, seconds) => {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const value = found();
      if (value) return value;
      if (performance.now() > end) {
        const seen = JSON.stringify({ origin, frames: frames.slice(-3), events: events.slice(-4), state: pc.connectionState });
        throw new Error(`waited in vain for: ${found}; ${seen}`);
      }
      await new Promise((r) => setTimeout(r, 5));
    }
  };
  await until(() => channel.readyState === "open" && frames.length > 25 && origin !== null, 20);

  // One turn: say `text` (a chat), let it be spoken for `speakMs`, interrupt, wait for silence.
  window.turn = async (text, speakMs) => {
    const first = events.length;
    const mine = (type) => events.slice(first).find((e) => e.type === type);
    const asked = performance.now();
    channel.send(JSON.stringify({ type: "chat", text }));
    const caption = await until(() => mine("caption") || mine("error"), 30);
    if (caption.type === "error") throw new Error(caption.message);
    const target = (origin + Math.round(caption.start_ms * 90)) % 2 ** 32;
    const shown = await until(() => frames.find(([rtp, at]) => at > asked && window.reached(rtp, target)), 20);
    const heard = await until(() => loud.find((at) => at > asked + 50), 20).catch(() => null);
    await new Promise((r) => setTimeout(r, speakMs));
    const over = mine("turn_end");
    const cut = performance.now();
    if (!over) {
      channel.send(JSON.stringify({ type: "interrupt" }));
      tell("cut", { turn: caption.turn });
    }
    await until(() => mine("turn_end") && (over || silent !== null), 30);
    const down = silent;
    await new Promise((r) => setTimeout(r, 700));
    if (video.volume !== 1) throw new Error("the player stayed silent after an interrupt");
    const after = loud.filter((at) => at >= cut);
    const told = mine("turn_end");
    const speaking = events.slice(first).find((e) => e.type === "state" && e.state === "speaking");
    return {
      first_frame_ms: shown[1] - asked,
      first_sound_ms: heard === null ? null : heard - asked,
      speaking_ms: speaking.at - asked,
      interrupt_ms: over ? null : Math.max(0, Math.min(down, after.at(-1) ?? cut) - cut),
      buffer_ms: over ? null : Math.max(0, (after.at(-1) ?? cut) - cut),
      told_ms: over ? null : told.at - cut,
      heard: told.heard,
    };
  };
  window.figures = async () => {
    const inbound = {};
    for (const report of (await pc.getStats()).values()) {
      if (report.type === "inbound-rtp") inbound[report.kind] = report;
    }
    const { video: v, audio: a } = inbound;
    return {
      server: events.filter((e) => e.type === "stats").at(-1),
      frames_decoded: v.framesDecoded,
      frames_dropped: v.framesDropped,
      freezes: v.freezeCount,
      freeze_s: v.totalFreezesDuration,
      video_buffer_ms: (1000 * v.jitterBufferDelay) / v.jitterBufferEmittedCount,
      audio_buffer_ms: (1000 * a.jitterBufferDelay) / a.jitterBufferEmittedCount,
      codec: v.decoderImplementation,
    };
  };
  window.leave = () => window.end(client);
  return "ready";
};
