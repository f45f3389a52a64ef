// The panel behind the bars: how long the last answer took, and what the line is like.

const ms = (value) => (Number.isFinite(value) ? `${Math.round(value)} ms` : "–");
const number = (value, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : "–");

/** Draws the figures into `element`; does nothing while it is hidden. */
export class StatsPanel {
  #element;
  #line = null;
  #server = null;
  #heardMs = Number.NaN;

  constructor(element) {
    this.#element = element;
  }

  line(figures) {
    this.#line = figures;
    this.draw();
  }

  server(stats) {
    this.#server = stats;
    this.draw();
  }

  /** Time from sending a text to hearing the first sound of its answer on this page. */
  heard(milliseconds) {
    this.#heardMs = milliseconds;
    this.draw();
  }

  draw() {
    if (this.#element.hidden) return;
    const [line, server] = [this.#line, this.#server];
    this.#element.replaceChildren(
      ...block("Last answer, since the text was sent", [
        ["First word written", ms(server?.first_token_ms)],
        ["First clause", ms(server?.first_clause_ms)],
        ["First speech made", ms(server?.first_speech_ms)],
        ["First sound leaves the server", ms(server?.first_audio_ms)],
        ["First sound heard here", ms(this.#heardMs)],
      ]),
      ...block("Connection", [
        ["Round trip", ms(line?.rtt_ms)],
        ["Jitter buffer", ms(line?.jitter_buffer_ms)],
        ["Jitter", ms(line?.jitter_ms)],
        ["Packets lost", number(line?.packets_lost)],
        ["Bitrate", `${number(line?.bitrate_kbps)} kbit/s`],
        ["Sound ahead of picture", ms(line?.av_skew_ms)],
      ]),
      ...block("Picture", [
        ["Size", line?.size ?? "–"],
        ["Codec", line?.codec || "–"],
        ["Frames a second", number(line?.fps, 1)],
        ["Frames dropped", number(line?.frames_dropped)],
        ["Late on the server", server ? `${server.late_frames} of ${server.frames}` : "–"],
      ]),
    );
  }
}

function block(title, rows) {
  const heading = document.createElement("h2");
  heading.textContent = title;
  const list = document.createElement("dl");
  for (const [name, value] of rows) {
    const term = document.createElement("dt");
    term.textContent = name;
    const figure = document.createElement("dd");
    figure.textContent = value;
    list.append(term, figure);
  }
  return [heading, list];
}
