// Captions that follow the speech: the words of the clause being heard, lit one after the other.

const LONG = 70; // letters: in the usual size such a clause takes three lines of a smaller face, up to the mouth

/** Shows one clause at a time in `element`; words brighten in step with the sound. */
export class Captions {
  #element;
  #words = [];
  #from = 0;
  #duration = 1;
  #key = "";
  #frame = null;

  constructor(element) {
    this.#element = element;
  }

  /** A caption event: its first sound is heard about now (the event leads the ear by the jitter buffer). */
  show({ turn, index, text, duration_ms: duration }) {
    const key = `${turn}/${index}`;
    this.#duration = Math.max(duration, 1);
    if (key === this.#key) return; // the same clause grew longer
    this.#key = key;
    this.#from = performance.now() + 60;
    this.#words = split(text);
    this.#element.replaceChildren(...this.#words.map(({ node }) => node));
    this.#element.hidden = this.#words.length === 0;
    this.#element.dataset.long = text.length > LONG;
    cancelAnimationFrame(this.#frame);
    this.#tick();
  }

  clear() {
    cancelAnimationFrame(this.#frame);
    this.#key = "";
    this.#words = [];
    this.#element.replaceChildren();
    this.#element.hidden = true;
  }

  #tick = () => {
    const share = (performance.now() - this.#from) / this.#duration;
    for (const word of this.#words) {
      if (!word.lit && share >= word.at) {
        word.lit = true;
        word.node.classList.add("lit");
      }
    }
    if (this.#words.some((word) => !word.lit)) this.#frame = requestAnimationFrame(this.#tick);
  };
}

const WRITTEN_TOGETHER = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** Words with the share of the clause at which each begins: letters are a fair measure of time. */
function split(text) {
  const words = wordsOf(text);
  const total = words.reduce((sum, word) => sum + word.length, 0);
  let before = 0;
  return words.map((word) => {
    const node = document.createElement("span");
    node.textContent = word;
    const at = (before / total) * 0.94;
    before += word.length;
    return { node, at, lit: false };
  });
}

/** The words of `text` with what follows them: spaces, or where none are written between words, marks. */
function wordsOf(text) {
  if (!WRITTEN_TOGETHER.test(text)) return text.split(/\s+/).filter(Boolean).map((word) => `${word} `);
  const words = [];
  for (const { segment, isWordLike } of new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)) {
    if (isWordLike || !words.length) words.push(segment);
    else words[words.length - 1] += segment;
  }
  return words;
}
