// What `talking-head bench pipeline --voice` runs inside the browser, on top of client.js: a microphone that plays a file of
// questions. All times are performance.now(); the end of a question is the last loud sample of the microphone before its words.
async (voice) => {
  const SPOKEN = 0.02;

  // Calls loud(at) for each piece of `track` in which a sample is louder than `level`; `at` is when the last such was recorded.
  // (What `window.listen` tells is when a sound can be heard at the loudspeaker, 60 ms later.) The piece that came soonest after
  // its own time says how the track's clock and the page's belong together.
  const recorded = async (track, level, loud) => {
    const pieces = new MediaStreamTrackProcessor({ track: track.clone() }).readable.getReader();
    let offset = Infinity;
    for (;;) {
      const { value, done } = await pieces.read();
      if (done) return;
      offset = Math.min(offset, performance.now() - value.timestamp / 1000);
      const samples = new Float32Array(value.numberOfFrames);
      value.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
      const last = samples.findLastIndex((x) => Math.abs(x) > level);
      if (last >= 0) loud(value.timestamp / 1000 + offset - ((samples.length - 1 - last) / value.sampleRate) * 1000);
      value.close();
    }
  };

  const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const media = await within(20, "the microphone", navigator.mediaDevices.getUserMedia({ audio: raw }));
  const client = await window.connect(media.getAudioTracks()[0], voice);
  const { channel, video } = client;
  const events = [];
  const frames = []; // [rtpTimestamp, when displayed]
  const loud = []; // when the microphone was loud
  let origin = null;
  channel.onmessage = ({ data }) => {
    const event = { ...JSON.parse(data), at: performance.now() };
    if (event.type === "stats" && event.video_rtp_origin !== undefined) origin = event.video_rtp_origin;
    events.push(event);
  };
  const seen = (now, frame) => {
    frames.push([frame.rtpTimestamp, Math.max(now, frame.expectedDisplayTime)]);
    video.requestVideoFrameCallback(seen);
  };
  video.requestVideoFrameCallback(seen);
  void recorded(media.getAudioTracks()[0], SPOKEN, (at) => loud.push(at));
  const until = async (found, seconds) => {
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      const value = found();
      if (value) return value;
      await new Promise((r) => setTimeout(r, 5));
    }
    return null;
  };
  if (!(await until(() => channel.readyState === "open" && origin !== null, 20))) throw new Error("no connection");
  channel.send(JSON.stringify({ type: "microphone", active: true }));

  // One question of the file: what was understood, and when. The answer is cut after `speakMs`; nothing is waited for longer
  // than `patience` seconds: a question that was not heard must not cost the time of the ones behind it.
  window.question = async (speakMs, patience) => {
    const first = events.length;
    const later = (type) => events.slice(first).filter((e) => e.type === type);
    const final = await until(() => later("transcript").find((e) => e.final && e.text), patience);
    if (!final) return { text: "" };
    const end = loud.filter((at) => at < final.at).at(-1);
    let begin = end;
    for (const at of loud.filter((at) => at < end).reverse()) {
      if (begin - at > 1500) break;
      begin = at;
    }
    const partial = later("transcript").find((e) => e.utterance === final.utterance && !e.final);
    const caption = await until(() => later("caption").find((e) => e.at > final.at), patience);
    const target = caption && (origin + Math.round(caption.start_ms * 90)) % 2 ** 32;
    const shown = caption && (await until(() => frames.find(([rtp, at]) => at > final.at && window.reached(rtp, target)), patience));
    await new Promise((r) => setTimeout(r, speakMs));
    channel.send(JSON.stringify({ type: "interrupt" }));
    await new Promise((r) => setTimeout(r, 1100)); // statistics come once a second
    return {
      text: final.text,
      first_words_ms: partial ? partial.at - begin : null,
      voice_to_words_ms: final.at - end,
      words_to_face_ms: shown ? shown[1] - final.at : null,
      voice_to_face_ms: shown ? shown[1] - end : null,
      server: events.filter((e) => e.type === "stats").at(-1),
    };
  };
  window.leave = () => window.end(client);
  return "ready";
};
