/* My microphone and camera: on, off, another device. Off means off: the camera's light goes out. */
import { openBoth, openCamera, openMicrophone, remember, remembered } from "./devices.js";

const SOURCES = {
  microphone: { open: openMicrophone, device: "audioinput" },
  camera: { open: openCamera, device: "videoinput" },
};

/** Event `change` (detail: source) whenever a track comes, goes or is silenced. */
export class LocalMedia extends EventTarget {
  #tracks = { microphone: null, camera: null };
  #problems = { microphone: "", camera: "" };
  #muted = false;

  track(source) {
    return this.#tracks[source];
  }

  /** Why a source is off although it is wanted, in words, else empty. */
  problem(source) {
    return this.#problems[source];
  }

  isOn(source) {
    const track = this.#tracks[source];
    return track !== null && (source !== "microphone" || !this.#muted);
  }

  /** Open what this person had on last time, with one question of the browser where possible. */
  async openRemembered() {
    const { microphone = true, camera = true } = remembered();
    this.#muted = !microphone;
    if (!camera) return this.open("microphone");
    try {
      const found = await openBoth();
      for (const source of Object.keys(SOURCES)) {
        this.#take(source, found[source]);
        this.#tell(source);
      }
      return true;
    } catch {
      await this.open("microphone");
      return this.open("camera");
    }
  }

  /** Open a source; false when it cannot be had. */
  async open(source, deviceId) {
    const { open, device } = SOURCES[source];
    try {
      const track = await open(deviceId);
      this.#take(source, track);
      this.#problems[source] = "";
      if (deviceId) remember({ [device]: deviceId });
    } catch (problem) {
      this.#problems[source] = problem.message;
      if (!this.#tracks[source]) this.#tell(source);
      return false;
    }
    this.#tell(source);
    return true;
  }

  /** The microphone stays open while muted, so that it is back at once. */
  async turn(source, on) {
    remember({ [source]: on });
    if (source === "microphone" && this.#tracks.microphone) {
      this.#muted = !on;
      this.#tracks.microphone.enabled = on;
      this.#tell(source);
      return true;
    }
    if (on) {
      if (source === "microphone") this.#muted = false;
      return this.open(source);
    }
    this.#take(source, null);
    this.#tell(source);
    return true;
  }

  close() {
    for (const source of Object.keys(this.#tracks)) {
      this.#take(source, null);
      this.#tell(source);
    }
  }

  #take(source, track) {
    this.#tracks[source]?.stop();
    this.#tracks[source] = track;
    if (!track) return;
    if (source === "microphone") track.enabled = !this.#muted;
    track.contentHint = source === "camera" ? "motion" : "speech";
    track.addEventListener("ended", () => {
      if (this.#tracks[source] !== track) return; // unplugged, or taken by another program
      this.#tracks[source] = null;
      this.#problems[source] = source === "camera" ? "摄像头断开了。" : "麦克风断开了。";
      this.#tell(source);
    });
  }

  #tell(source) {
    this.dispatchEvent(new CustomEvent("change", { detail: source }));
  }
}
