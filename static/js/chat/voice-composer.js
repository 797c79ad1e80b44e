/* Saying instead of typing: hold the button while speaking, or tap it and tap again; then listen,
   send, say it anew or drop it. Nothing leaves before "发送". */
import { LONGEST_S, Recorder, SHORTEST_S } from "./recorder.js";
import { clock, hush, VoiceNote } from "./voice-note.js";

const HOLD_MS = 500;
const BAR_MS = 90;
const BARS = 36;
const SILENT_S = 3;
const LAST_S = 10;
const HEARD = 12;

/** Event `send` (detail: {voice: Blob, seconds}). Asks the page for a microphone: `chat:microphone`.
    `refusals`: other words than the recorder's for what a browser says, by the error's name. */
export class VoiceComposer extends EventTarget {
  #root;
  #opener;
  #panel;
  #recorder = null;
  #note = null;
  #said = null;
  #pressedAt = 0;
  #drawing = 0;
  #loudest = 0;
  #refusals;

  constructor(root, { refusals = {} } = {}) {
    super();
    this.#root = root;
    this.#refusals = refusals;
    this.#opener = root.querySelector("[data-chat-voice-open]");
    this.#panel = root.querySelector("[data-chat-voice]");
    if (!this.#opener || !Recorder.possible) return;
    this.#opener.hidden = false;
    this.#part("level").append(...Array.from({ length: BARS }, () => document.createElement("i")));
    this.#listen();
  }

  get busy() {
    return !this.#panel.hidden;
  }

  #part(name) {
    return this.#panel.querySelector(`[data-voice-${name}]`);
  }

  #listen() {
    const opener = this.#opener;
    opener.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.#pressedAt = performance.now();
      window.addEventListener("pointerup", () => this.#released(), { once: true });
      this.#begin();
    });
    opener.addEventListener("click", () => this.#begin()); // keyboard and screen readers
    opener.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch
    this.#part("stop").addEventListener("click", () => this.finish());
    this.#part("again").addEventListener("click", () => this.#begin());
    this.#part("send").addEventListener("click", () => this.#send());
    for (const button of this.#panel.querySelectorAll("[data-voice-drop]")) {
      button.addEventListener("click", () => this.#leave());
    }
    this.#panel.addEventListener("keydown", ({ key }) => key === "Escape" && this.#leave());
    window.addEventListener("pagehide", () => this.#recorder?.close());
  }

  async #begin() {
    if (this.#recorder) return;
    hush();
    this.#forget();
    const recorder = (this.#recorder = new Recorder());
    recorder.addEventListener("full", () => this.finish());
    recorder.addEventListener("lost", () => this.finish());
    this.#show("opening", "正在打开麦克风…");
    try {
      await recorder.start(this.#lentMicrophone());
    } catch (problem) {
      this.#recorder = null;
      this.#show("refused", this.#refusals[problem.cause?.name] ?? problem.message);
      return;
    }
    if (this.#recorder !== recorder) return recorder.close(); // dropped while it opened
    this.#loudest = 0;
    this.#show("recording", `正在录音,最长 ${LONGEST_S} 秒`);
    this.#drawing = setInterval(() => this.#draw(), BAR_MS);
  }

  /** The room has the microphone open already; asking twice silences it on some phones. */
  #lentMicrophone() {
    const detail = { track: null };
    this.#root.dispatchEvent(new CustomEvent("chat:microphone", { bubbles: true, detail }));
    return detail.track;
  }

  #released() {
    const held = performance.now() - this.#pressedAt >= HOLD_MS;
    if (held && this.#panel.dataset.state === "recording") this.finish();
  }

  #draw() {
    const { level, seconds } = this.#recorder;
    this.#loudest = Math.max(this.#loudest, level);
    const bars = this.#part("level");
    const bar = bars.firstElementChild;
    bar.style.setProperty("--loud", `${Math.max(6, level)}%`);
    bars.append(bar); // the oldest becomes the newest
    this.#part("clock").textContent = clock(Math.floor(seconds));
    const left = Math.ceil(LONGEST_S - seconds);
    if (left <= LAST_S) this.#say(`还能说 ${left} 秒`);
    else if (seconds > SILENT_S && this.#loudest < HEARD) {
      this.#say("没有听到声音,请靠近麦克风说,或换一个麦克风");
    } else this.#say(`正在录音,最长 ${LONGEST_S} 秒`);
  }

  /** Enough said: what was recorded waits to be heard and sent. Nothing when nothing is recorded. */
  async finish() {
    const recorder = this.#recorder;
    if (!recorder || this.#panel.dataset.state !== "recording") return;
    clearInterval(this.#drawing);
    this.#show("closing", "正在收好录音…");
    const { blob, seconds } = await recorder.stop();
    if (this.#recorder !== recorder) return;
    this.#recorder = null;
    if (seconds < SHORTEST_S || !blob.size) {
      this.#show("refused", "太短了,没有录上。请按住说,或点一下开始、再点一下结束。");
      return;
    }
    this.#said = { voice: blob, seconds };
    this.#note = new VoiceNote({ load: async () => blob, seconds, whose: "我的" });
    this.#part("note").replaceChildren(this.#note.element);
    this.#show("review", "录好了,可以先听一遍");
  }

  #send() {
    const said = this.#said;
    if (!said) return;
    this.#leave();
    this.dispatchEvent(new CustomEvent("send", { detail: said }));
  }

  /** Let go of the microphone and of what was said. */
  close() {
    clearInterval(this.#drawing);
    this.#recorder?.close();
    this.#recorder = null;
    this.#forget();
  }

  #leave() {
    this.close();
    this.#panel.hidden = true;
    this.#root.querySelector("[data-chat-composer]").hidden = false;
    this.#opener.focus();
  }

  #forget() {
    this.#note?.close();
    this.#note = this.#said = null;
    this.#part("note").replaceChildren();
    for (const bar of this.#part("level").children) bar.style.removeProperty("--loud");
    this.#part("clock").textContent = clock(0);
  }

  #show(state, words) {
    this.#panel.dataset.state = state;
    this.#say(words);
    this.#panel.hidden = false;
    this.#root.querySelector("[data-chat-composer]").hidden = true;
    const next = { recording: "stop", review: "send", refused: "again" }[state];
    if (next) this.#part(next).focus();
  }

  #say(words) {
    const word = this.#part("word");
    if (word.textContent !== words) word.textContent = words;
  }
}
