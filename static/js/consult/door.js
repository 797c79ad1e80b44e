/* Before the door: my picture, my voice, "can you hear this?", and the line in one sentence. */
import { fillChoices, remember } from "./devices.js";
import { Level, playTone } from "./level.js";
import { LineCheck } from "./line-check.js";

/** Shows `[data-door]`; fires `join` when the person wants to go in. */
export class Door extends EventTarget {
  #root;
  #media;
  #level = null;
  #meter = 0;
  #line = null;
  #gone = new AbortController();

  constructor(root, media) {
    super();
    this.#root = root;
    this.#media = media;
  }

  async open() {
    this.#root.hidden = false;
    this.#listen();
    this.#checkLine();
    await this.#media.openRemembered();
    this.#showSource("camera");
    await this.#offerDevices();
  }

  close() {
    this.#gone.abort();
    clearInterval(this.#meter);
    this.#line?.cancel();
    this.#level?.close();
    this.#level = null;
    this.#part("mirror").querySelector("video").srcObject = null;
    this.#root.hidden = true;
  }

  #part(name) {
    return this.#root.querySelector(`[data-door-${name}]`);
  }

  #listen() {
    const { signal } = this.#gone;
    this.#media.addEventListener("change", ({ detail }) => this.#showSource(detail), { signal });
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#offerDevices(), { signal });
    this.#part("mic").addEventListener("click", () => this.#toggle("microphone"));
    this.#part("camera").addEventListener("click", () => this.#toggle("camera"));
    this.#part("voice").addEventListener("click", () => this.#voiceOnly());
    this.#part("tone").addEventListener("click", () => playTone());
    this.#part("again").querySelector("button").addEventListener("click", () => this.#again());
    this.#part("join").addEventListener("click", () => this.dispatchEvent(new Event("join")));
    for (const button of this.#root.querySelectorAll("[data-door-heard]")) {
      button.addEventListener("click", () => this.#showSpeaker(button.dataset.doorHeard === "yes"));
    }
    for (const field of this.#root.querySelectorAll("[data-door-devices]")) {
      field.addEventListener("change", ({ target }) => this.#choose(field.dataset.doorDevices, target.value));
    }
    this.#meter = setInterval(() => this.#moveLevel(), 100);
  }

  #toggle(source) {
    return this.#media.turn(source, !this.#media.isOn(source));
  }

  async #voiceOnly() {
    this.#part("voice").hidden = true;
    await this.#media.turn("camera", false);
  }

  async #again() {
    this.#part("again").hidden = true;
    this.#checkLine();
    for (const source of ["microphone", "camera"]) {
      if (!this.#media.track(source)) await this.#media.open(source);
    }
    await this.#offerDevices();
  }

  async #choose(kind, id) {
    if (kind === "audiooutput") remember({ audiooutput: id });
    else await this.#media.open(kind === "videoinput" ? "camera" : "microphone", id);
  }

  async #offerDevices() {
    for (const field of this.#root.querySelectorAll("[data-door-devices]")) {
      await fillChoices(field, field.dataset.doorDevices);
    }
  }

  #showSource(source) {
    const on = this.#media.isOn(source);
    const problem = this.#media.problem(source);
    const button = this.#part(source === "camera" ? "camera" : "mic");
    button.dataset.state = on ? "on" : "off";
    if (problem) this.#part("again").hidden = false;
    if (source === "camera") this.#showCamera(on, problem);
    else this.#showMicrophone(on, problem);
  }

  #showCamera(on, problem) {
    const mirror = this.#part("mirror");
    mirror.dataset.video = on ? "on" : "off";
    const track = this.#media.track("camera");
    mirror.querySelector("video").srcObject = track ? new MediaStream([track]) : null;
    this.#part("face").textContent = "摄像头没开";
    if (problem) this.#show("camera", "wrong", problem);
    else if (on) this.#show("camera", "ok", "能看到您自己,就是好的。");
    else this.#show("camera", "waiting", "摄像头已关,进去以后可以再打开。");
  }

  #showMicrophone(on, problem) {
    this.#level?.close();
    const track = this.#media.track("microphone");
    this.#level = on && track ? new Level(track) : null;
    if (problem) this.#show("microphone", "wrong", problem);
    else if (on) this.#show("microphone", "waiting", "说句话,绿条会动。");
    else this.#show("microphone", "waiting", "麦克风已关,进去以后可以再打开。");
  }

  #moveLevel() {
    const loud = this.#level?.now ?? 0;
    this.#part("level").value = loud;
    if (loud > 25) this.#show("microphone", "ok", "听到您的声音了。");
  }

  #showSpeaker(heard) {
    if (heard) this.#show("speaker", "ok", "扬声器是好的。");
    else this.#show("speaker", "wrong", "请检查音量和插头,或在下面换一个扬声器,再放一次。");
  }

  async #checkLine() {
    this.#line?.cancel();
    const check = new LineCheck();
    this.#line = check;
    this.#show("network", "waiting", "正在测网络,十来秒。不用等,随时可以进去…");
    this.#part("figures").textContent = "";
    this.#part("voice").hidden = true;
    const line = await check.run();
    if (this.#line === check && !this.#gone.signal.aborted) this.#showLine(line);
  }

  /** Whatever the line is like, the way in stays open: for voice, or at least for writing. */
  #showLine(line) {
    const good = line.level === "good" || line.level === "fair";
    this.#show("network", good ? "ok" : "wrong", line.words);
    this.#part("figures").textContent = line.figures;
    this.#part("voice").hidden = !(line.level === "poor" || line.level === "voice") || !this.#media.isOn("camera");
    if (!good) this.#part("again").hidden = false;
    const words = line.level === "none" ? "先进去打字" : "进入会诊室";
    this.#part("join").querySelector("span").textContent = words;
  }

  #show(name, state, words) {
    const check = this.#root.querySelector(`#check-${name}`);
    check.dataset.state = state;
    const text = check.querySelector("[data-slot=text]");
    if (text.textContent !== words) text.textContent = words;
  }
}
