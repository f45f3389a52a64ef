// What `talking-head bench skew` runs inside the browser, on top of bench_client.js: when was each beep audible, each flash seen?
async (seconds) => {
  const { pc, channel, stream, video } = await window.connect();
  const beeps = [];
  const flashes = []; // [when displayed, RTP timestamp]
  const played = []; // [RTP timestamp, when it left the jitter buffer] of the sound
  let origins = null;
  channel.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.type === "stats" && event.audio_rtp_origin !== undefined) origins = event;
  };
  const sound = pc.getReceivers().find(({ track }) => track.kind === "audio");
  setInterval(() => {
    for (const { rtpTimestamp, timestamp } of sound.getSynchronizationSources()) {
      if (played.at(-1)?.[0] !== rtpTimestamp) played.push([rtpTimestamp, timestamp - performance.timeOrigin]);
    }
  }, 5);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 8;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  let lit = false;
  const seen = (now, frame) => {
    pen.drawImage(video, 0, 0, 8, 8);
    const bright = pen.getImageData(4, 4, 1, 1).data[1] > 128;
    if (bright && !lit) flashes.push([Math.max(now, frame.expectedDisplayTime), frame.rtpTimestamp]);
    lit = bright;
    video.requestVideoFrameCallback(seen);
  };
  video.requestVideoFrameCallback(seen);
  await window.listen(stream, 0.1, (at) => {
    if (!beeps.length || at - beeps.at(-1) > 200) beeps.push(at);
    else beeps.last = at;
  });
  while (channel.readyState !== "open") await new Promise((r) => setTimeout(r, 20));
  await new Promise((r) => setTimeout(r, 3000)); // the jitter buffers settle
  const began = performance.now();
  channel.send(JSON.stringify({ type: "say", text: "beep" }));
  await new Promise((r) => setTimeout(r, seconds * 1000));
  const inbound = {};
  let playout = null;
  for (const report of (await pc.getStats()).values()) {
    if (report.type === "inbound-rtp") inbound[report.kind] = report;
    if (report.type === "media-playout") playout = report;
  }
  channel.send(JSON.stringify({ type: "bye" }));
  return {
    began,
    beeps,
    flashes,
    played,
    audio_rtp_origin: origins.audio_rtp_origin,
    video_rtp_origin: origins.video_rtp_origin,
    device_ms: playout === null ? null : (1000 * playout.totalPlayoutDelay) / playout.totalSamplesCount,
    audio_buffer_ms: (1000 * inbound.audio.jitterBufferDelay) / inbound.audio.jitterBufferEmittedCount,
    video_buffer_ms: (1000 * inbound.video.jitterBufferDelay) / inbound.video.jitterBufferEmittedCount,
    concealed: inbound.audio.concealedSamples,
    codec: inbound.video.decoderImplementation,
  };
};
