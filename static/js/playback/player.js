/* Plays the files of a recording side by side, each where it lies on the common time line. */

const TICK_MS = 200;
const DRIFT_S = 0.3;

const two = (number) => String(Math.floor(number)).padStart(2, "0");
const clock = (seconds) => `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;

export class Player {
  #root;
  #files;
  #timeline;
  #lasts;
  #playing = false;
  #at = 0;
  #speed = 1;
  #tickedAt = 0;

  constructor(root) {
    this.#root = root;
    this.#timeline = this.#part("timeline");
    this.#lasts = Number(this.#timeline.max);
    this.#files = [...root.querySelectorAll("video")].map((video) => ({
      video,
      from: Number(video.dataset.at),
      until: Number(video.dataset.at) + Number(video.dataset.lasts),
    }));
  }

  start() {
    for (const { video } of this.#files) video.controls = false;
    this.#part("bar").hidden = false;
    this.#part("play").addEventListener("click", () => this.#turn(!this.#playing));
    this.#part("speed").addEventListener("change", ({ target }) => this.#hurry(Number(target.value)));
    this.#timeline.addEventListener("input", () => this.#seek(Number(this.#timeline.value)));
    setInterval(() => this.#tick(), TICK_MS);
    this.#seek(0);
  }

  #part(name) {
    return this.#root.querySelector(`[data-playback-${name}]`);
  }

  #turn(on) {
    this.#playing = on;
    this.#tickedAt = performance.now();
    if (on && this.#at >= this.#lasts) this.#at = 0;
    this.#part("play").dataset.state = on ? "on" : "off";
    this.#align();
  }

  #hurry(speed) {
    this.#speed = speed;
    for (const { video } of this.#files) video.playbackRate = speed;
  }

  #seek(at) {
    this.#at = at;
    this.#align({ exactly: true });
    this.#show();
  }

  /** Time goes on only while everybody who should be heard has something to play. */
  #tick() {
    const now = performance.now();
    const passed = ((now - this.#tickedAt) / 1000) * this.#speed;
    this.#tickedAt = now;
    if (!this.#playing || this.#isWaiting()) return;
    this.#at = Math.min(this.#lasts, this.#at + passed);
    if (this.#at >= this.#lasts) this.#turn(false);
    this.#align();
    this.#show();
  }

  #isWaiting() {
    return this.#files.some(
      ({ video, from, until }) =>
        this.#at >= from && this.#at < until && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA && !video.ended && !video.error,
    );
  }

  #align({ exactly = false } = {}) {
    for (const { video, from, until } of this.#files) {
      const here = this.#at >= from && this.#at < until;
      video.closest(".tile").hidden = !here && this.#files.length > 1 && this.#hasOther(video);
      const wanted = Math.max(0, this.#at - from);
      if (here && Math.abs(video.currentTime - wanted) > (exactly ? 0.01 : DRIFT_S)) video.currentTime = wanted;
      if (here && this.#playing && !video.ended) this.#play(video);
      else video.pause();
    }
  }

  /** Of one person's stretches only the current one is shown. */
  #hasOther(video) {
    return this.#files.some(
      (other) => other.video !== video && this.#at >= other.from && this.#at < other.until,
    );
  }

  #play(video) {
    if (!video.paused) return;
    video.playbackRate = this.#speed;
    video.play().catch((problem) => {
      if (problem.name !== "AbortError") this.#part("word").textContent = "有一段录像放不出来,请刷新页面再试。";
    });
  }

  #show() {
    this.#timeline.value = String(this.#at);
    this.#timeline.setAttribute("aria-valuetext", clock(this.#at));
    this.#part("time").textContent = `${clock(this.#at)} / ${clock(this.#lasts)}`;
  }
}
