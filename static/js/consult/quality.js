/* How good the lines are: measured here, scored by the server, shown as bars and words. */
import { Meter } from "./measuring.js";

const EVERY_MS = 3000;

const WORDS = ["没有连上", "网络很差", "网络不太好", "网络可以", "网络良好"];
const WHY = {
  loss: "声音会断断续续",
  delay: "声音会慢一拍",
  frozen: "画面会卡住",
  cut: "线路时断时续",
};

/** What the bars say: 网络不太好,声音会断断续续. */
export function inWords(level, trouble = "") {
  return WHY[trouble] && level > 0 ? `${WORDS[level]},${WHY[trouble]}` : WORDS[level];
}

/** Event `line` (detail: {level, trouble} of my own line, each time it was measured). */
export class Quality extends EventTarget {
  #shown;
  #tiles;
  #meter;
  #signalling;
  #last = new Map();
  #timer = 0;
  #asking = false;

  constructor({ shown, tiles, publisher, subscriber, signalling }) {
    super();
    this.#shown = shown;
    this.#tiles = tiles;
    this.#meter = new Meter(publisher, subscriber);
    this.#signalling = signalling;
  }

  start() {
    this.#timer = setInterval(() => this.#look().catch(() => {}), EVERY_MS); // cut off: told later
  }

  stop() {
    clearInterval(this.#timer);
  }

  async #look() {
    this.#meter.look();
    if (!this.#meter.connected || !this.#signalling.connected) this.#show({ level: 0 });
    if (!this.#signalling.connected || this.#asking) return;
    this.#asking = true;
    try {
      const { line, heard } = await this.#signalling.call("quality", await this.#meter.take());
      if (!line) return;
      if (this.#meter.connected) this.#show({ ...line, level: this.#calm("line", line.level) });
      for (const [seat, one] of Object.entries(heard)) {
        const level = this.#calm(seat, one.level);
        this.#tiles.quality(seat, level, level ? inWords(level, one.trouble) : "");
      }
      this.dispatchEvent(new CustomEvent("line", { detail: line }));
    } finally {
      this.#asking = false;
    }
  }

  #show({ level, trouble }) {
    if (level === 0) this.#last.delete("line");
    const words = inWords(level, trouble);
    this.#shown.dataset.level = String(level);
    const place = this.#shown.querySelector(".quality__words");
    if (place.textContent !== words) place.textContent = words;
  }

  /** The middle of the last three: one bad moment is no bad line. */
  #calm(key, level) {
    if (level === 0) {
      this.#last.delete(key);
      return 0;
    }
    const last = [...(this.#last.get(key) ?? []), level].slice(-3);
    this.#last.set(key, last);
    if (last.length < 3) return Math.max(...last);
    return [...last].sort((a, b) => a - b)[1];
  }
}
