// What `talking-head bench pipeline` runs inside the browser: a bare WHEP client with a clock on its ear and its eye.
// Frames are found by their RTP timestamp; sound by a worklet that sees every sample. All times are performance.now().
async () => {
  const LOUD = 0.004;
  const pc = new RTCPeerConnection();
  const channel = pc.createDataChannel("events");
  const events = [];
  const frames = []; // [rtpTimestamp, when displayed]
  const loud = []; // when a block of 128 samples was loud (the latest of each 4)
  let origin = null;
  channel.onmessage = ({ data }) => {
    const event = { ...JSON.parse(data), at: performance.now() };
    if (event.type === "stats" && event.video_rtp_origin !== undefined) origin = event.video_rtp_origin;
    events.push(event);
  };
  pc.addTransceiver("audio", { direction: "recvonly" });
  pc.addTransceiver("video", { direction: "recvonly" });
  const stream = new MediaStream();
  const live = new Promise((resolve) => {
    pc.ontrack = ({ track }) => {
      stream.addTrack(track);
      if (stream.getTracks().length === 2) resolve();
    };
  });
  await pc.setLocalDescription(await pc.createOffer());
  await new Promise((done) => {
    setTimeout(done, 500);
    pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && done();
  });
  const answer = await fetch("/whep", {
    method: "POST",
    headers: { "Content-Type": "application/sdp" },
    body: pc.localDescription.sdp,
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  const location = answer.headers.get("Location");
  await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  await live;

  const video = document.createElement("video");
  document.body.replaceChildren(video);
  video.srcObject = stream;
  video.muted = false;
  await video.play();
  const seen = (now, frame) => {
    frames.push([frame.rtpTimestamp, Math.max(now, frame.expectedDisplayTime)]);
    video.requestVideoFrameCallback(seen);
  };
  video.requestVideoFrameCallback(seen);

  const context = new AudioContext({ sampleRate: 48000 });
  const worklet = `registerProcessor("ear", class extends AudioWorkletProcessor {
    process([[samples]]) {
      if (samples && samples.some((x) => Math.abs(x) > ${LOUD})) this.port.postMessage(currentTime);
      return true;
    }
  });`;
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([worklet], { type: "text/javascript" })));
  const ear = new AudioWorkletNode(context, "ear");
  context.createMediaStreamSource(stream).connect(ear);
  ear.port.onmessage = ({ data }) => {
    const stamp = context.getOutputTimestamp();
    // The worklet runs a little ahead of what is audible; this is when the sample left the jitter buffer.
    loud.push(stamp.performanceTime + (data - stamp.contextTime) * 1000);
  };
  await context.resume();

  const until = async (found, seconds) => {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const value = found();
      if (value) return value;
      if (performance.now() > end) throw new Error("waited in vain for: " + found);
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
    const shown = await until(() => frames.find(([rtp, at]) => at > asked && ((rtp - target + 3600) >>> 0) < 2 ** 31), 20);
    const heard = await until(() => loud.find((at) => at > asked + 50), 20).catch(() => null);
    await new Promise((r) => setTimeout(r, speakMs));
    const over = mine("turn_end");
    const cut = performance.now();
    if (!over) channel.send(JSON.stringify({ type: "interrupt" }));
    await until(() => mine("turn_end"), 30);
    await new Promise((r) => setTimeout(r, 700));
    const after = loud.filter((at) => at >= cut);
    const told = mine("turn_end");
    const speaking = events.slice(first).find((e) => e.type === "state" && e.state === "speaking");
    return {
      first_frame_ms: shown[1] - asked,
      first_sound_ms: heard === null ? null : heard - asked,
      speaking_ms: speaking.at - asked,
      interrupt_ms: over ? null : Math.max(0, after.length ? after[after.length - 1] - cut : 0),
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
  window.leave = () => {
    channel.send(JSON.stringify({ type: "bye" }));
    pc.close();
    return fetch(location, { method: "DELETE" }).then((r) => r.status);
  };
  return "ready";
};
