/* Codes come from a scanner that types like a keyboard, or from the camera. Either way the form
   with [data-scan] gets the text in its [data-scan-field] and is sent. */
import { whenPresent } from "./ui/ready.js";

const FAST_MS = 100; // between two keys of a scanner; most people take more
const SHORTEST = 8; // shorter than any code we read
const LOOK_EVERY_MS = 120;
const LOOK_FOR_MS = 60_000;

/* --- the scanner that types ---------------------------------------------------------------- */

/** The letter a key stands for, whatever an input method makes of it: scanners press real keys. */
function letter(event) {
  if (event.key.length === 1 && event.key > " " && event.key <= "~") return event.key;
  const [, typed] = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code) ?? [];
  if (typed) return typed;
  return event.code === "Period" || event.code === "NumpadDecimal" ? "." : "";
}

/** Full-width letters and the Chinese full stop, as they should have been. */
export function tidy(text) {
  return text.normalize("NFKC").replaceAll("。", ".").trim();
}

function reachable(target) {
  const typing = target.closest?.("input, textarea, select, [contenteditable]");
  if (typing) return typing.matches("[data-scan-field]") ? typing : null;
  return document.querySelector("[data-scan-field]");
}

/** Whether the keys went into the field as they should; then Enter sends the form by itself. */
function arrived(field, text) {
  const here = document.activeElement === field;
  return here && tidy(field.value).toUpperCase().endsWith(text.toUpperCase());
}

let burst = "";
let last = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const field = reachable(event.target);
  if (!field) return;
  if (event.timeStamp - last > FAST_MS) burst = "";
  last = event.timeStamp;
  if (event.code !== "Enter" && event.code !== "NumpadEnter") {
    burst += letter(event);
    return;
  }
  const text = burst;
  burst = "";
  if (text.length < SHORTEST || arrived(field, text)) return;
  event.preventDefault();
  event.stopPropagation();
  field.blur(); // an input method lets go of what it has gathered
  setTimeout(() => send(field, text));
}, true);

document.addEventListener("submit", (event) => {
  const field = event.target.querySelector?.("[data-scan-field]");
  if (field) field.value = tidy(field.value);
}, true);

function send(field, text) {
  field.value = tidy(text);
  field.form.requestSubmit();
}

/* --- the camera ---------------------------------------------------------------------------- */

const REFUSED = {
  NotAllowedError: "没有得到使用摄像头的许可。请在地址栏旁边允许摄像头,或者用扫码枪、手工输入。",
  NotFoundError: "这台设备没有摄像头。请用扫码枪,或者手工输入。",
  NotReadableError: "摄像头正被别的程序占用。请关掉它再试,或者手工输入。",
};

/** The browser's own detector, or the library, which is fetched only now. */
async function detector() {
  const known = await globalThis.BarcodeDetector?.getSupportedFormats().catch(() => []);
  if (known?.includes("qr_code")) return new globalThis.BarcodeDetector({ formats: ["qr_code"] });
  const { BarcodeDetector } = await import("../vendor/qr/decode.js");
  return new BarcodeDetector({ formats: ["qr_code"] });
}

class Camera {
  constructor(form) {
    this.form = form;
    this.field = form.querySelector("[data-scan-field]");
    this.panel = form.querySelector("[data-scan-panel]");
    this.picture = form.querySelector("[data-scan-picture]");
    this.state = form.querySelector("[data-scan-state]");
    this.button = form.querySelector("[data-scan-open]");
    this.canvas = document.createElement("canvas");
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.open());
    form.querySelector("[data-scan-close]").addEventListener("click", () => this.close());
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    window.addEventListener("pagehide", () => this.close());
  }

  async open() {
    if (this.stream || this.opening) return;
    this.opening = true;
    this.panel.hidden = false;
    this.button.hidden = true;
    this.say("正在打开摄像头…");
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment", width: { ideal: 1280 } },
      });
      if (this.panel.hidden) return this.stop(); // closed while the browser was asking
      this.picture.srcObject = this.stream;
      await this.picture.play();
      this.detector = await detector();
      this.say("把二维码放到画面中间,不用按键。");
      this.until = performance.now() + LOOK_FOR_MS;
      this.look();
    } catch (problem) {
      this.stop();
      this.button.hidden = false;
      this.say(REFUSED[problem.name] ?? "摄像头打不开。请用扫码枪,或者手工输入。");
    } finally {
      this.opening = false;
    }
  }

  async look() {
    if (!this.stream) return;
    const text = await this.read();
    if (!this.stream) return;
    if (text) {
      this.close();
      send(this.field, text);
    } else if (performance.now() > this.until) {
      this.stop();
      this.button.hidden = false;
      this.say("一分钟没有扫到,摄像头已关。可以再打开,或者手工输入。");
    } else {
      setTimeout(() => this.look(), LOOK_EVERY_MS);
    }
  }

  async read() {
    const { videoWidth: width, videoHeight: height } = this.picture;
    if (!width) return "";
    Object.assign(this.canvas, { width, height });
    this.canvas.getContext("2d", { willReadFrequently: true }).drawImage(this.picture, 0, 0);
    const found = await this.detector.detect(this.canvas).catch(() => []);
    return found[0]?.rawValue ?? "";
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.picture.srcObject = null;
  }

  close() {
    this.stop();
    this.panel.hidden = true;
    this.button.hidden = false;
  }

  say(words) {
    this.state.textContent = words;
  }
}

whenPresent("[data-scan-field]", (field) => {
  if (document.activeElement === field) field.select(); // the next scan takes the place of the last
});

if (navigator.mediaDevices?.getUserMedia) {
  whenPresent("[data-scan]", (form) => {
    if (form.querySelector("[data-scan-open]")) new Camera(form);
  });
}
