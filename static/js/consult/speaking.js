/* Who is talking: rings around tiles, from what the receivers already measure. */
import { Level } from "./level.js";

const LOUD = 0.02;
const LOUD_SELF = 30;
const HOLD_MS = 600;
const EVERY_MS = 150;

export class Speaking {
  #tiles;
  #media;
  #subscriber;
  #heard = new Map();
  #level = null;
  #timer = 0;

  constructor({ tiles, media, subscriber }) {
    this.#tiles = tiles;
    this.#media = media;
    this.#subscriber = subscriber;
  }

  start() {
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
    this.#media.addEventListener("change", () => this.listen());
    this.listen();
  }

  stop() {
    clearInterval(this.#timer);
    this.#level?.close();
    this.#level = null;
  }

  listen() {
    this.#level?.close();
    const track = this.#media.track("microphone");
    this.#level = track && this.#media.isOn("microphone") ? new Level(track) : null;
  }

  #look() {
    const now = performance.now();
    for (const { seat, source, receiver } of this.#subscriber.tracks) {
      if (source !== "microphone") continue;
      const [voice] = receiver.getSynchronizationSources();
      const fresh = voice && now + performance.timeOrigin - voice.timestamp < 1000;
      this.#ring(seat, Boolean(fresh) && (voice.audioLevel ?? 0) > LOUD, now);
    }
    this.#ring("self", (this.#level?.now ?? 0) > LOUD_SELF, now);
  }

  #ring(seat, loud, now) {
    if (loud) this.#heard.set(seat, now);
    this.#tiles.speaking(seat, now - (this.#heard.get(seat) ?? -HOLD_MS) < HOLD_MS);
  }
}
