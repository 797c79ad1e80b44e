// The camera looks for the sign at the door. Typing stays possible beside it, whatever happens.

import { h, icon } from "./dom.js";

const LOOK_EVERY_MS = 150;
const LOOK_FOR_MS = 60_000;
const LIBRARY = new URL("../vendor/qr/decode.js", import.meta.url).href;
const SIGN = /^[A-Z0-9]{8}$/;
const REFUSED = {
  NotAllowedError: "手机没有让这个页面用摄像头。没关系:把门口二维码下面的 8 位签到码填在下面,一样能签到。",
  NotFoundError: "没有找到摄像头。请把门口二维码下面的 8 位签到码填在下面。",
  NotReadableError: "摄像头正被别的软件占着。关掉那个软件再试,或者把 8 位签到码填在下面。",
};

export const hasCamera = () => Boolean(navigator.mediaDevices?.getUserMedia);

/** The sign's code in what a QR says, or empty: an address of these pages, or the eight signs. Pure. */
export function doorOf(text) {
  const [, given] = /#\/check-in\?(?:.*&)?door=([^&\s]+)/.exec(text) ?? [null, text];
  const code = given.replace(/[\s-]/g, "").toUpperCase();
  return SIGN.test(code) ? code : "";
}

/** The browser's own detector, or the library, which comes only now. */
async function newDetector() {
  const known = await globalThis.BarcodeDetector?.getSupportedFormats().catch(() => []);
  if (known?.includes("qr_code")) return new globalThis.BarcodeDetector({ formats: ["qr_code"] });
  const { BarcodeDetector } = await import(LIBRARY);
  return new BarcodeDetector({ formats: ["qr_code"] });
}

/** A button that opens the camera; `found` gets the sign's code once. */
export function doorCamera(found, signal) {
  const word = h("p", { role: "status" });
  const picture = h("video", { class: "camera", playsinline: true, "aria-label": "摄像头的画面" });
  picture.muted = true;
  const open = h("button", { type: "button", class: "button" }, icon("camera"), "用摄像头扫签到码");
  const close = h("button", { type: "button", class: "button button--quiet" }, "关掉摄像头");
  const whole = h("div", { class: "fields" }, open, word);
  const canvas = document.createElement("canvas");
  let stream = null;

  const say = (words) => (word.textContent = words);
  const stop = (words = "") => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    picture.srcObject = null;
    whole.replaceChildren(open, word);
    say(words);
  };

  async function look(detector, until) {
    if (!stream) return;
    const text = await read(detector, picture, canvas);
    if (!stream) return;
    const code = text && doorOf(text);
    if (code) {
      stop();
      found(code);
      return;
    }
    if (text) say("这不是签到码。请对准候诊区门口贴的那张。");
    if (performance.now() > until) stop("一分钟没有扫到。可以再打开,或者把 8 位签到码填在下面。");
    else setTimeout(() => look(detector, until), LOOK_EVERY_MS);
  }

  async function begin() {
    whole.replaceChildren(picture, word, close);
    say("正在打开摄像头…手机问您时,请点“允许”。");
    try {
      const given = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
      stream = given;
      if (signal.aborted || !whole.contains(picture)) return stop(); // closed while the phone was asking
      picture.srcObject = stream;
      await picture.play();
      const detector = await newDetector();
      say("把门口的二维码放到画面中间,不用按键。");
      return look(detector, performance.now() + LOOK_FOR_MS);
    } catch (problem) {
      return stop(REFUSED[problem.name] ?? "摄像头打不开。请把门口二维码下面的 8 位签到码填在下面。");
    }
  }

  open.addEventListener("click", begin);
  close.addEventListener("click", () => stop());
  signal.addEventListener("abort", () => stop());
  document.addEventListener("visibilitychange", () => document.hidden && stream && stop(), { signal });
  return whole;
}

async function read(detector, picture, canvas) {
  const { videoWidth: width, videoHeight: height } = picture;
  if (!width) return "";
  Object.assign(canvas, { width, height });
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(picture, 0, 0);
  const found = await detector.detect(canvas).catch(() => []);
  return found[0]?.rawValue ?? "";
}
