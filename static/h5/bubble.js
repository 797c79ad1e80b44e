// One message: who and when, what it answers to, text, photograph or voice, and what can be done with it.

import { VoiceNote } from "../js/chat/voice-note.js";
import { get, now } from "./api.js";
import { h, icon } from "./dom.js";
import { actButton } from "./parts.js";
import { when } from "./words.js";

const RECALL_MS = 110_000; // the house allows two minutes
const LIT_MS = 1500;

/** A message as a line of the list. */
export function bubble(state, message) {
  const { seq, mine } = message;
  if (message.kind === "system") return h("li", { class: "talk__line", "data-seq": seq }, message.text);
  return h(
    "li",
    { class: mine ? "talk__said talk__said--mine" : "talk__said", "data-seq": seq, "data-client": message.client_id || false, "data-complaints": true },
    h("div", { class: "talk__head soft" }, h("span", {}, `${mine ? "我" : message.author_name} ${when(message.at, now())}`), acts(state, message)),
    h("div", { class: "talk__text" }, quoted(state, message), content(state, message)),
  );
}

/** A message in one line. */
export function inWords(message) {
  if (message.recalled) return "(已撤回)";
  return message.kind === "picture" ? "照片" : message.text;
}

const acts = (state, message) => message.recalled ? [] : [quoteButton(state, message), recallButton(state, message)];

function quoteButton(state, message) {
  if (!state.quoting) return null;
  const button = h("button", { type: "button", class: "talk__act" }, "引用");
  button.addEventListener("click", () => state.quoting(message));
  return button;
}

/** Taking one's own words back, for as long as that is possible. */
function recallButton(state, message) {
  const left = RECALL_MS - (now() - Date.parse(message.at));
  if (!message.mine || left <= 0) return null;
  const button = actButton("撤回", () => state.recall(message.seq));
  button.className = "talk__act";
  setTimeout(() => button.remove(), left);
  return button;
}

/** What a message answers to, in one line; a tap shows it. */
function quoted(state, { quote_seq: seq, recalled }) {
  if (!seq || recalled) return null;
  const found = state.known.get(seq)?.message;
  if (!found) return h("p", { class: "talk__quote soft" }, "更早的一条消息");
  const words = `${found.mine ? "我" : found.author_name}:${inWords(found)}`;
  return h("button", { type: "button", class: "talk__quote soft", onclick: () => showPlace(state, seq) }, words);
}

function showPlace(state, seq) {
  const { line } = state.known.get(seq);
  line.scrollIntoView({ block: "center" });
  line.classList.add("talk__said--lit");
  setTimeout(() => line.classList.remove("talk__said--lit"), LIT_MS);
}

function content(state, message) {
  if (message.recalled) return "(已撤回)";
  if (message.kind === "picture") return photograph(state, message);
  if (message.kind === "voice") return voice(state, message);
  if (message.kind === "file") return `${message.text}(请在医生的电脑上看)`;
  return h("span", { class: "talk__words" }, message.text);
}

function voice(state, { seq, file, mine, author_name: author }) {
  const note = new VoiceNote({
    load: () => fetchFile(state, seq),
    seconds: file.duration_ms / 1000,
    type: file.content_type,
    whose: mine ? "我的" : `${author}的`,
  });
  return note.element;
}

function photograph(state, { seq, file }) {
  const { width, height } = file; // its place is kept, so that nothing jumps when it comes
  const picture = h("img", { alt: "照片", class: "talk__picture", width: width ?? false, height: height ?? false });
  picture.addEventListener("load", () => {
    URL.revokeObjectURL(picture.src);
    state.settle();
  });
  fetchFile(state, seq, { small: true }).then((blob) => (picture.src = URL.createObjectURL(blob)), () => (picture.alt = "照片没有打开"));
  return h("button", { type: "button", class: "talk__open", "aria-label": "看大图", onclick: () => enlarge(state, seq, picture) }, picture);
}

/** The small one grows in its place: no second window, none to close. */
async function enlarge(state, seq, picture) {
  const large = picture.classList.toggle("talk__picture--large");
  if (!large || picture.dataset.full) return;
  picture.src = URL.createObjectURL(await fetchFile(state, seq));
  picture.dataset.full = "1";
}

async function fetchFile(state, seq, { small = false } = {}) {
  const found = await get(`${state.path}/messages/${seq}/file`, { ...state.options, query: small ? { small: "true" } : {} });
  const bytes = Uint8Array.from(atob(found.data), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: found.content_type });
}

/** A line for what is on its way, or did not get out. */
export function pending(entry, { again, drop }) {
  const busy = !entry.failure;
  return h(
    "li",
    { class: "talk__said talk__said--mine", "data-client": entry.id, "data-unsent": "1", "data-testid": "talk-unsent" },
    h("div", { class: "talk__text" }, h("span", { class: "talk__pending" }, icon(entry.to === "voice" ? "mic" : "picture"), entry.words)),
    h("p", { class: busy ? "soft" : "talk__failed", role: busy ? false : "alert" }, busy ? "正在发…" : `没有发出去:${entry.failure}`),
    !busy && h("div", { class: "talk__acts" }, actButton("不发了", drop), actButton("再发一次", again, { kind: "primary", busy: "正在发…" })),
  );
}
