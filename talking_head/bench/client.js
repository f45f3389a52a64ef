// A bare WHEP client for benches, with an ear that sees every sample.
() => {
  // What `promise` gives; an error that says so where it takes longer than `seconds`: nothing here is waited for without end.
  window.within = (seconds, what, promise) => {
    const late = new Promise((_, refuse) => {
      setTimeout(() => refuse(new Error(`waited ${seconds} s in vain for ${what}`)), seconds * 1000);
    });
    return Promise.race([promise, late]);
  };

  // Opens a session, with a microphone's track perhaps, and plays it: {pc, channel, stream, video, location}. `voice`: the
  // presenter's, "" for its own.
  window.connect = async (microphone = null, voice = "") => {
    const pc = new RTCPeerConnection();
    const channel = pc.createDataChannel("events");
    if (microphone) pc.addTransceiver(microphone, { direction: "sendrecv" });
    else pc.addTransceiver("audio", { direction: "recvonly" });
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
    const headers = { "Content-Type": "application/sdp" };
    const asked = fetch(`/whep?voice=${encodeURIComponent(voice)}`, { method: "POST", headers, body: pc.localDescription.sdp });
    const answer = await within(30, "the answer to an offer", asked);
    if (answer.status !== 201) throw new Error(await answer.text());
    const location = answer.headers.get("Location");
    await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
    (await import("/stream/lipsync.js")).lipSync(pc); // as the pages do
    await within(20, "both tracks", live);
    const video = document.createElement("video");
    document.body.replaceChildren(video);
    video.srcObject = stream;
    await within(20, "the first picture", video.play());
    return { pc, channel, stream, video, location };
  };

  // Whether a picture of this RTP timestamp is the one of `target`, or later; times of captions are rounded, so 10 ms are let off.
  window.reached = (rtp, target) => ((rtp - target + 900) >>> 0) < 2 ** 31;

  // Ends the session of `connect`; the status of the server's answer, which comes when nothing of the session is left.
  window.end = ({ pc, channel, location }) => {
    channel.send(JSON.stringify({ type: "bye" }));
    pc.close();
    return within(30, "the end of the session", fetch(location, { method: "DELETE" })).then((r) => r.status);
  };

  // Calls heard(at) for each block of 128 samples that is louder than `level`; `at` is when it is audible, performance.now().
  window.listen = async (stream, level, heard) => {
    const context = new AudioContext({ sampleRate: 48000 });
    const worklet = `registerProcessor("ear", class extends AudioWorkletProcessor {
      process([[samples]]) {
        if (samples && samples.some((x) => Math.abs(x) > ${level})) this.port.postMessage(currentTime);
        return true;
      }
    });`;
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([worklet], { type: "text/javascript" })));
    const ear = new AudioWorkletNode(context, "ear");
    context.createMediaStreamSource(stream).connect(ear);
    ear.port.onmessage = ({ data }) => {
      const stamp = context.getOutputTimestamp();
      heard(stamp.performanceTime + (data - stamp.contextTime) * 1000);
    };
    await within(20, "the sound card", context.resume());
  };
};
