/* Voice first: a bad line sends a smaller picture, a good one gets it back after a while. */

const WORSE_AFTER_MS = 8_000;
const BETTER_AFTER_MS = 20_000;
const DONE = {
  1: "",
  2: "网络有点慢,已先保证声音,画面会模糊一些。",
  4: "网络很慢,已先保证声音,您的画面会更模糊。也可以点“只用语音”。",
};

/** Event `word` (detail: a sentence, empty when all is well). */
export class Thrift extends EventTarget {
  #publisher;
  #badSince = 0;
  #goodSince = 0;
  #thrift = 1;

  constructor(publisher) {
    super();
    this.#publisher = publisher;
  }

  /** My line has so many bars just now. */
  async look({ level }) {
    const now = performance.now();
    if (level === 0) return;
    this.#badSince = level <= 2 ? this.#badSince || now : 0;
    this.#goodSince = level >= 4 ? this.#goodSince || now : 0;
    let thrift = this.#thrift;
    if (this.#badSince && now - this.#badSince > WORSE_AFTER_MS) thrift = Math.min(4, thrift * 2);
    if (this.#goodSince && now - this.#goodSince > BETTER_AFTER_MS) thrift = Math.max(1, thrift / 2);
    if (thrift === this.#thrift) return;
    this.#thrift = thrift;
    this.#badSince = 0;
    this.#goodSince = 0;
    await this.#publisher.setThrift(thrift);
    this.dispatchEvent(new CustomEvent("word", { detail: DONE[thrift] }));
  }
}
