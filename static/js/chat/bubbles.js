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
    `onQuote(message)` when somebody answers to it, `quoted` is the message it answers to,
    `load(url)` resolves to a file's Blob. */
export function drawMessage(message, { place, onRecall, onQuote, quoted, load }) {
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
    item.dataset.recalled = "yes";
    item.append(element("p", "bubble__state", "消息已撤回"));
    return item;
  }
  const body = element("div", "bubble__text");
  if (message.quote_seq) {
    const words = !quoted ? "更早的一条消息" : quoted.recalled ? "消息已撤回" : `${quoted.author_name}:${quoted.text}`;
    body.append(element("p", "bubble__quote", words));
  }
  if (message.kind === "voice") body.append(drawVoice(message, load));
  else body.append(message.file ? drawFile(message.file) : message.text);
  item.append(body);
  const acts = element("p", "bubble__state");
  if (onQuote) acts.append(quoteButton(message, onQuote));
  if (message.mine && Date.now() - Date.parse(message.at) < RECALL_WITHIN_MS) {
    acts.append(recallButton(message, onRecall));
  }
  if (acts.children.length) item.append(acts);
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

function quoteButton(message, onQuote) {
  const button = element("button", "link-button bubble__act", "引用");
  button.type = "button";
  button.addEventListener("click", () => onQuote(message));
  return button;
}

function recallButton(message, onRecall) {
  const button = element("button", "link-button bubble__act", "撤回");
  button.type = "button";
  button.addEventListener("click", () => onRecall(message.seq));
  const left = RECALL_WITHIN_MS - (Date.now() - Date.parse(message.at));
  setTimeout(() => button.remove(), Math.max(left, 0));
  return button;
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
