/* How loud something is, 0 to 100, and a tone to test loudspeakers with. */
import { remembered } from "./devices.js";

let context = null;

function audioContext() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume().catch(() => {}); // waits for a click
  return context;
}

/** Measures one audio track until closed. */
export class Level {
  #source;
  #analyser;
  #samples;

  constructor(track) {
    const audio = audioContext();
    this.#source = audio.createMediaStreamSource(new MediaStream([track]));
    this.#analyser = audio.createAnalyser();
    this.#analyser.fftSize = 512;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source.connect(this.#analyser);
  }

  /** Loudness now: silence 0, a calm voice near the microphone about 50. */
  get now() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    const decibels = 10 * Math.log10(sum / this.#samples.length + 1e-10);
    return Math.max(0, Math.min(100, Math.round((decibels + 60) * 1.8)));
  }

  close() {
    this.#source.disconnect();
  }
}

/** Three friendly notes. */
export async function playTone() {
  const audio = audioContext();
  const speaker = remembered().audiooutput;
  if (speaker && audio.setSinkId) await audio.setSinkId(speaker).catch(() => {});
  const gain = audio.createGain();
  gain.connect(audio.destination);
  [523, 659, 784].forEach((frequency, index) => {
    const note = audio.createOscillator();
    const start = audio.currentTime + index * 0.35;
    note.frequency.value = frequency;
    note.connect(gain);
    note.start(start);
    note.stop(start + 0.3);
  });
  gain.gain.setValueAtTime(0.25, audio.currentTime);
  gain.gain.linearRampToValueAtTime(0.0001, audio.currentTime + 1.1);
}
