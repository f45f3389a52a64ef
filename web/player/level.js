// How loud the face is right now, as it is heard here.

/** Reads a stream's level. Needs a page that may play sound; until then `read()` gives 0. */
export class Level {
  #context = null;
  #analyser = null;
  #source = null;
  #stream = null;
  #samples = new Float32Array(512);

  /** The stream to listen to from now on. */
  attach(stream) {
    this.#stream = stream;
    this.#source?.disconnect();
    this.#source = null;
  }

  /** RMS of the last 10 ms, 0..1. */
  read() {
    if (!this.#stream?.getAudioTracks().length) return 0;
    this.#context ??= new AudioContext();
    if (this.#context.state === "suspended") this.#context.resume().catch(() => {});
    if (!this.#source) {
      this.#analyser ??= new AnalyserNode(this.#context, { fftSize: 512 });
      this.#source = this.#context.createMediaStreamSource(this.#stream);
      this.#source.connect(this.#analyser);
    }
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return Math.sqrt(this.#samples.reduce((sum, x) => sum + x * x, 0) / this.#samples.length);
  }
}
