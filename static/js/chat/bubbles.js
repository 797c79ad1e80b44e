/* Draws messages. Text only ever enters the page as text. */
import { icon } from "../ui/ready.js";
import { VoiceNote, clock } from "./voice-note.js";

const CLOCK = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
const RECALL_WITHIN_MS = 2 * 60 * 1000;

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** A message from the server as a list item. `onRecall(seq)` when its author takes it back,
    `load(url)` resolves to a file's Blob. */
export function drawMessage(message, { place, onRecall, load }) {
  if (message.kind === "system") {
    const line = element("li", "bubbles__event", message.text);
    line.dataset.seq = message.seq;
    return line;
  }
  const item = element("li", `bubble${message.mine ? " bubble--mine" : ""}`);
  item.dataset.seq = message.seq;
  item.dataset.testid = "chat-message";
  item.append(heading(message.mine ? "我" : message.author_name, message.mine ? "" : place, message.at));
  if (message.recalled) {
    item.append(element("p", "bubble__state", "消息已撤回"));
    return item;
  }
  const body = element("div", "bubble__text");
  if (message.kind === "voice") body.append(drawVoice(message, load));
  else body.append(message.file ? drawFile(message.file) : message.text);
  item.append(body);
  if (message.mine && Date.now() - Date.parse(message.at) < RECALL_WITHIN_MS) {
    item.append(recallButton(message, onRecall));
  }
  return item;
}

function heading(who, place, at) {
  const line = element("p", "bubble__who");
  line.append(element("b", "", who));
  if (place) line.append(element("span", "", place));
  const time = element("time", "", CLOCK.format(new Date(at)));
  time.dateTime = at;
  line.append(time);
  return line;
}

function drawVoice({ file, mine, author_name: author }, load) {
  const note = new VoiceNote({
    load: () => load(file.url),
    seconds: file.duration_ms / 1000,
    type: file.content_type,
    whose: mine ? "我的" : `${author}的`,
    href: file.url,
  });
  return note.element;
}

function drawFile(file) {
  const link = element("a", file.thumbnail_url ? "thumb" : "");
  link.href = file.url;
  if (file.thumbnail_url) {
    link.dataset.picture = file.name;
    const picture = element("img");
    Object.assign(picture, { src: file.thumbnail_url, alt: file.name, loading: "lazy" });
    link.append(picture);
  } else {
    link.target = "_blank";
    link.rel = "noopener";
    link.append(icon("file") ?? "", file.name);
  }
  return link;
}

function recallButton(message, onRecall) {
  const line = element("p", "bubble__state");
  const button = element("button", "link-button", "撤回");
  button.type = "button";
  button.addEventListener("click", () => onRecall(message.seq));
  line.append(button);
  const left = RECALL_WITHIN_MS - (Date.now() - Date.parse(message.at));
  setTimeout(() => line.remove(), Math.max(left, 0));
  return line;
}

/** A message still on its way, or one that did not get out. */
export function drawPending(entry, { onAgain, onDrop }) {
  const item = element("li", "bubble bubble--mine");
  item.dataset.clientId = entry.clientId;
  const words = entry.voice ? `语音 ${clock(entry.seconds)}` : (entry.text ?? entry.file.name);
  const body = element("div", "bubble__text", words);
  item.append(body, stateLine(entry, onAgain, onDrop));
  return item;
}

function stateLine(entry, onAgain, onDrop) {
  if (!entry.failure) return element("p", "bubble__state", "正在发送…");
  const line = element("p", "bubble__state bubble__state--failed", entry.failure);
  for (const [label, act] of [["再发一次", onAgain], ["不发了", onDrop]]) {
    const button = element("button", "link-button", label);
    button.type = "button";
    button.addEventListener("click", () => act(entry));
    line.append(" ", button);
  }
  return line;
}
