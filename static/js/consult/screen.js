/* Sharing my screen: a third line beside microphone and camera. */

/** Event `change`: sharing began or ended, here or by the browser's own button. */
export class ScreenShare extends EventTarget {
  #publisher;
  #track = null;

  constructor(publisher) {
    super();
    this.#publisher = publisher;
  }

  get on() {
    return this.#track !== null;
  }

  static get possible() {
    return Boolean(navigator.mediaDevices?.getDisplayMedia);
  }

  /** Throws Error with words; a person who cancels the choice is no error. */
  async start() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({
        video: { frameRate: { ideal: 5, max: 10 } },
        audio: false,
      });
    } catch (problem) {
      if (problem.name === "NotAllowedError" || problem.name === "AbortError") return;
      throw new Error("屏幕共享没有打开,请再试一次。", { cause: problem });
    }
    [this.#track] = stream.getVideoTracks();
    this.#track.contentHint = "detail";
    this.#track.addEventListener("ended", () => this.stop());
    await this.#publisher.send("screen", this.#track);
    this.dispatchEvent(new Event("change"));
  }

  async stop() {
    const track = this.#track;
    if (!track) return;
    this.#track = null;
    track.stop();
    this.dispatchEvent(new Event("change"));
    await this.#publisher.send("screen", null).catch(() => {}); // the line is down: nothing to end
  }
}
