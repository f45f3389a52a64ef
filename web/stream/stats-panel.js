// The panel behind the bars: how long the last answer took, and what the line is like.

import { onLanguage, t } from "../i18n.js";

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
    onLanguage(() => this.draw());
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
      ...block(t("stats.answer"), [
        [t("stats.token"), ms(server?.first_token_ms)],
        [t("stats.clause"), ms(server?.first_clause_ms)],
        [t("stats.speech"), ms(server?.first_speech_ms)],
        [t("stats.sound"), ms(server?.first_audio_ms)],
        [t("stats.heard"), ms(this.#heardMs)],
      ]),
      ...block(t("stats.connection"), [
        [t("stats.round_trip"), ms(line?.rtt_ms)],
        [t("stats.buffer"), ms(line?.jitter_buffer_ms)],
        [t("stats.jitter"), ms(line?.jitter_ms)],
        [t("stats.lost"), number(line?.packets_lost)],
        [t("stats.bitrate"), `${number(line?.bitrate_kbps)} kbit/s`],
        [t("stats.skew"), ms(line?.av_skew_ms)],
      ]),
      ...block(t("stats.picture"), [
        [t("stats.size"), line?.size ?? "–"],
        [t("stats.codec"), line?.codec || "–"],
        [t("stats.fps"), number(line?.fps, 1)],
        [t("stats.dropped"), number(line?.frames_dropped)],
        [t("stats.late"), server ? t("stats.of", { late: server.late_frames, frames: server.frames }) : "–"],
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
