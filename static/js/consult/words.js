/* The one sentence over the pictures. Several may be true; the most important is shown. */

const ORDER = ["line", "media", "devices", "sound", "share", "choice", "pictures", "note"];

export class Words {
  #place;
  #said = new Map();
  #muted = new Set();

  constructor(place) {
    this.#place = place;
  }

  /** Say something under a topic of ORDER; empty words take it back. */
  say(topic, words, { forMs = 0 } = {}) {
    if (words) this.#said.set(topic, words);
    else this.#said.delete(topic);
    this.#show();
    if (words && forMs) {
      setTimeout(() => {
        if (this.#said.get(topic) === words) this.say(topic, "");
      }, forMs);
    }
  }

  /** Leave a topic out while something larger says it. */
  mute(topic, muted) {
    if (muted) this.#muted.add(topic);
    else this.#muted.delete(topic);
    this.#show();
  }

  #show() {
    const topic = ORDER.find((candidate) => this.#said.has(candidate) && !this.#muted.has(candidate));
    const words = topic ? this.#said.get(topic) : "";
    if (this.#place.textContent !== words) this.#place.textContent = words;
  }
}
