/* Records one voice: one microphone, at most a minute, in whatever this browser can write. */
import { Level } from "../consult/level.js";

export const LONGEST_S = 60;
export const SHORTEST_S = 0.7;
const BITS_PER_SECOND = 24_000; // speech is clear, and a minute takes less than 200 kB of a thin line
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const WORDS = {
  NotAllowedError: "浏览器不让用麦克风。请点地址栏左边的图标,允许使用麦克风,再点“语音”。",
  NotFoundError: "没有找到麦克风。可以打字、发照片,或用电话联系。",
};
const BUSY = "麦克风打不开,可能被别的程序占着。请关掉那个程序,再点“语音”。";

const sound = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Events: `full` (the minute is over), `lost` (the microphone went away). */
export class Recorder extends EventTarget {
  #track = null;
  #recorder = null;
  #level = null;
  #parts = [];
  #startedAt = 0;
  #timer = 0;

  /** Whether this browser can record at all; browsers offer it on https and localhost only. */
  static get possible() {
    return Boolean(window.MediaRecorder && navigator.mediaDevices?.getUserMedia);
  }

  /** Begin. `lent` is a live microphone track of the page, ours to stop. Throws Error in words. */
  async start(lent = null) {
    this.#track = lent ?? (await openMicrophone());
    this.#track.enabled = true;
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.#parts = [];
    this.#recorder = new MediaRecorder(new MediaStream([this.#track]), {
      mimeType,
      audioBitsPerSecond: BITS_PER_SECOND,
    });
    this.#recorder.addEventListener("dataavailable", ({ data }) => data.size && this.#parts.push(data));
    this.#track.addEventListener("ended", () => this.dispatchEvent(new Event("lost")));
    this.#level = new Level(this.#track);
    this.#recorder.start();
    this.#startedAt = performance.now();
    this.#timer = setTimeout(() => this.dispatchEvent(new Event("full")), LONGEST_S * 1000);
  }

  /** Seconds since the beginning. */
  get seconds() {
    return Math.min(LONGEST_S, (performance.now() - this.#startedAt) / 1000);
  }

  /** Loudness now, 0 to 100. */
  get level() {
    return this.#level?.now ?? 0;
  }

  /** End and hand over what was said: {blob, seconds}. */
  async stop() {
    const seconds = this.seconds;
    const recorder = this.#recorder;
    if (recorder.state !== "inactive") {
      const stopped = new Promise((done) => recorder.addEventListener("stop", done, { once: true }));
      recorder.stop();
      await stopped;
    }
    const blob = new Blob(this.#parts, { type: recorder.mimeType.split(";")[0] });
    this.close();
    return { blob, seconds };
  }

  /** Let the microphone go; what was said is forgotten. */
  close() {
    clearTimeout(this.#timer);
    if (this.#recorder && this.#recorder.state !== "inactive") this.#recorder.stop();
    this.#level?.close();
    this.#track?.stop();
    this.#recorder = this.#level = this.#track = null;
    this.#parts = [];
  }
}

async function openMicrophone() {
  try {
    return (await navigator.mediaDevices.getUserMedia({ audio: sound })).getAudioTracks()[0];
  } catch (problem) {
    throw new Error(WORDS[problem.name] ?? BUSY, { cause: problem });
  }
}
