/** A short message at the foot of the page. Troubles stay until closed, the rest goes by itself.
    The server sends one with the header  HX-Trigger: {"toast": {"kind": "done", "text": "…"}}  */
import { icon } from "./ready.js";

const STAY_MS = 6000;
const ICONS = { done: "check", danger: "warning", waiting: "clock" };

function shelf() {
  let box = document.querySelector(".toasts");
  if (!box) {
    box = document.createElement("div");
    box.className = "toasts";
    box.setAttribute("role", "status");
    document.body.append(box);
  }
  return box;
}

export function toast(kind, text) {
  const line = document.createElement("p");
  line.className = `flash flash--${kind}`;
  const sign = icon(ICONS[kind] ?? "info");
  if (sign) line.append(sign);
  const words = document.createElement("span");
  words.className = "flash__text";
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button--quiet";
  close.textContent = "知道了";
  close.addEventListener("click", () => line.remove());
  line.append(words, close);
  shelf().append(line);
  if (kind !== "danger") setTimeout(() => line.remove(), STAY_MS);
  return line;
}

document.addEventListener("toast", (event) => toast(event.detail.kind, event.detail.text));

// htmx could not get an answer: the page stays as it was, and says so
document.addEventListener("htmx:sendError", () => toast("danger", "网络不通,刚才的操作没有成功。请稍后再试。"));
document.addEventListener("htmx:responseError", (event) => {
  const { status, responseText } = event.detail.xhr;
  let words = "";
  try {
    words = JSON.parse(responseText).detail ?? "";
  } catch {
    words = status >= 500 ? "系统出了点问题,刚才的操作没有成功。请稍后再试。" : "";
  }
  const { elt, requestConfig } = event.detail;
  if (requestConfig?.triggeringEvent?.type === "load") elt.textContent = words || "没能打开,请刷新页面再试。";
  else toast("danger", words || "刚才的操作没有成功。请刷新页面再试。");
});
