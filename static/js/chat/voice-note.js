/* A voice message to listen to: play and pause, a bar to wind, its length. One plays at a time. */
import { icon } from "../ui/ready.js";

const CANNOT = "这个浏览器放不了这段语音。";
const BROKEN = "语音没有取到,请再点一次。";

let playing = null;

/** 7.4 → "0:07". */
export function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Stop whatever is being played (somebody begins to record). */
export function hush() {
  playing?.pause();
}

function element(tag, className, properties = {}) {
  return Object.assign(document.createElement(tag), { className }, properties);
}

/** `seconds` long; `load()` resolves to its Blob, asked for once and only when somebody listens. */
export class VoiceNote {
  #load;
  #seconds;
  #href;
  #audio = null;
  #fetching = null;
  #frame = 0;
  #name;

  constructor({ load, seconds, type, whose = "", href = "" }) {
    this.#load = load;
    this.#seconds = seconds;
    this.#href = href;
    this.element = element("div", "voice-note");
    this.element.dataset.testid = "voice-note";
    this.button = element("button", "voice-note__play", { type: "button" });
    this.button.dataset.testid = "voice-play";
    this.button.append(icon("play") ?? "▶", icon("pause") ?? "⏸");
    this.bar = element("input", "voice-note__bar", { type: "range", min: 0, step: "any", value: 0 });
    this.bar.max = seconds;
    this.bar.setAttribute("aria-label", "播放进度");
    this.time = element("span", "voice-note__time");
    this.word = element("p", "voice-note__word");
    this.word.setAttribute("role", "status");
    this.element.append(this.button, this.bar, this.time, this.word);
    this.#name = `${whose}语音,${Math.max(1, Math.round(seconds))} 秒`;
    this.button.addEventListener("click", () => this.toggle());
    this.bar.addEventListener("input", () => this.#wind());
    this.#show("paused");
    if (type && !new Audio().canPlayType(type)) this.#giveUp();
  }

  async toggle() {
    if (this.element.dataset.state === "playing") return this.pause();
    hush();
    playing = this;
    this.#say("");
    try {
      await this.#open();
      if (playing !== this) return; // another one was chosen while this one came
      await this.#audio.play();
    } catch (problem) {
      if (playing === this) playing = null;
      if (problem.name === "NotAllowedError") this.#show("paused", "取好了,请再点一下播放。");
      else if (problem.name === "NotSupportedError") this.#giveUp();
      else if (problem.name !== "AbortError") this.#show("paused", BROKEN);
    }
  }

  pause() {
    this.#audio?.pause();
    if (playing === this) playing = null;
    if (!this.#audio) this.#show("paused");
  }

  /** Forget the sound. */
  close() {
    this.pause();
    if (this.#audio) URL.revokeObjectURL(this.#audio.src);
    this.#audio = null;
  }

  async #open() {
    if (this.#audio) return;
    this.#show("loading");
    this.#fetching ??= this.#load().finally(() => (this.#fetching = null));
    const blob = await this.#fetching;
    if (this.#audio) return;
    const audio = new Audio(URL.createObjectURL(blob));
    audio.addEventListener("play", () => this.#show("playing"));
    audio.addEventListener("pause", () => this.#show("paused"));
    audio.addEventListener("ended", () => this.#ended());
    audio.addEventListener("error", () => this.#giveUp());
    const at = Number(this.bar.value);
    if (at) audio.currentTime = at;
    this.#audio = audio;
  }

  #wind() {
    const at = Number(this.bar.value);
    if (this.#audio) this.#audio.currentTime = at;
    this.#tell(at);
  }

  #ended() {
    if (playing === this) playing = null;
    this.#audio.currentTime = 0;
    this.bar.value = 0;
    this.#show("paused");
  }

  #show(state, words = "") {
    this.element.dataset.state = state;
    const on = state === "playing" || state === "loading";
    this.button.setAttribute("aria-label", `${on ? "暂停" : "播放"}${this.#name}`);
    this.button.setAttribute("aria-busy", String(state === "loading"));
    this.#say(words);
    this.#tell(Number(this.bar.value));
    cancelAnimationFrame(this.#frame);
    if (state === "playing") this.#follow();
  }

  #follow() {
    if (!this.element.isConnected) return this.close(); // recalled while it was playing
    this.bar.value = this.#audio.currentTime;
    this.#tell(this.#audio.currentTime);
    this.#frame = requestAnimationFrame(() => this.#follow());
  }

  #tell(at) {
    this.time.textContent = clock(at > 0 ? at : this.#seconds);
    this.bar.setAttribute("aria-valuetext", `${clock(at)},共 ${clock(this.#seconds)}`);
    this.bar.style.setProperty("--played", `${Math.min(100, (100 * at) / this.#seconds)}%`);
  }

  #say(words) {
    this.word.textContent = words;
  }

  #giveUp() {
    this.#show("broken", CANNOT);
    this.button.disabled = this.bar.disabled = true;
    if (!this.#href) return;
    const link = element("a", "", { href: this.#href, download: "", textContent: "存下来听" });
    this.word.append(link, ",或请对方打字、打电话。");
  }
}
