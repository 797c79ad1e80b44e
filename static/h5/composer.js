// Where one writes, speaks and sends photographs. A text keeps its number until the server has it, so
// that a dead line neither loses nor doubles it.

import { post } from "./api.js";
import { inWords } from "./bubble.js";
import { above, catchUp } from "./conversation.js";
import { h, icon } from "./dom.js";
import { passing } from "./keep.js";
import { actButton, complain, notice, Told } from "./parts.js";
import { small } from "./pictures.js";
import { voicePanel } from "./talk-voice.js";
import { newId, send } from "./unsent.js";

const TYPING_EVERY_MS = 3000;

/** The foot of a conversation one may write in. */
export function composer(state) {
  const box = h("textarea", { id: "f-say", class: "input", rows: "2", maxlength: "4000", "aria-label": `想对${state.them}说的话`, placeholder: `想对${state.them}说的话`, "data-testid": "chat-input" });
  const bar = quotingBar(state, box);
  restore(state, box);
  tellOfTyping(state, box);
  const sendButton = actButton("发送", () => say(state, box), { kind: "primary", busy: "正在发…" });
  sendButton.dataset.testid = "chat-send";
  const speak = h("button", { type: "button", class: "button", hidden: true, "data-chat-voice-open": true, "data-testid": "voice-open", "aria-describedby": "voice-how" }, icon("mic"), "发语音");
  const panel = voicePanel();
  const root = h(
    "div",
    { class: "talk__composer", "data-complaints": true },
    above(state),
    bar,
    h("div", { class: "talk__writing", "data-chat-composer": true }, box, h("div", { class: "talk__acts talk__acts--write" }, speak, photograph(state), sendButton)),
    h("p", { id: "voice-how", hidden: true }, "按住说话,松开就好;或者点一下开始,说完再点一下。发之前可以先听。"),
    panel.element,
  );
  state.voice = panel.begin(root, state.signal, ({ voice, seconds }) =>
    send(state, { to: "voice", blob: voice, words: `语音 ${Math.max(1, Math.round(seconds))} 秒`, quote: taken(state) }),
  );
  return root;
}

function photograph(state) {
  const file = h("input", { type: "file", accept: "image/*", hidden: true, "aria-label": "照片", "data-testid": "chat-file" });
  const choose = h("button", { type: "button", class: "button", onclick: () => file.click() }, icon("picture"), "发照片");
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    file.value = "";
    if (!chosen) return;
    try {
      const blob = await small(chosen);
      await send(state, { to: "files", blob, words: "照片", quote: taken(state) });
    } catch (problem) {
      complain(choose, problem);
    }
  });
  return [file, choose];
}

async function say(state, box) {
  const text = box.value.trim();
  if (!text) throw new Told("请先写几个字。");
  box.dataset.id ||= newId();
  keepDraft(state, box);
  const quote = state.quote && { quote_seq: state.quote.seq };
  await post(`${state.path}/messages`, { client_id: box.dataset.id, text, ...quote }, state.options);
  box.value = "";
  delete box.dataset.id;
  taken(state);
  passing.forget(draftOf(state));
  await catchUp(state);
}

// What is answered to.

function quotingBar(state, box) {
  const words = h("p", { class: "talk__quote" });
  const bar = h("div", { class: "talk__quoting", hidden: true, "data-testid": "talk-quoting" }, words, h("button", { type: "button", class: "talk__act", onclick: () => state.quoting(null) }, "不引用了"));
  state.quoting = (message, { focus = true } = {}) => {
    state.quote = message;
    bar.hidden = !message;
    words.textContent = message ? `引用 ${message.mine ? "我" : message.author_name}:${inWords(message)}` : "";
    delete box.dataset.id; // an answer is another message
    keepDraft(state, box);
    if (message && focus) box.focus();
  };
  return bar;
}

/** The number of what is answered to, and it is used up. */
function taken(state) {
  const seq = state.quote?.seq;
  if (seq) state.quoting(null);
  return seq;
}

function tellOfTyping(state, box) {
  let last = 0;
  box.addEventListener("input", () => {
    if (Date.now() - last < TYPING_EVERY_MS) return;
    last = Date.now();
    state.link?.sayTyping();
  });
}

// What is being written outlives a reload, a phone call and the end of the visit, under its number.

const draftOf = (state) => `draft.${state.path}`;

function keepDraft(state, box) {
  const { seq, mine, author_name, kind, text } = state.quote ?? {};
  const quote = seq && { seq, mine, author_name, kind, text };
  if (box.value.trim()) passing.write(draftOf(state), { text: box.value, id: box.dataset.id ?? "", quote });
  else passing.forget(draftOf(state));
}

function restore(state, box) {
  const draft = passing.read(draftOf(state));
  if (draft) {
    box.value = draft.text;
    if (draft.quote) state.quoting(draft.quote, { focus: false });
    if (draft.id) box.dataset.id = draft.id;
  }
  box.addEventListener("input", () => {
    delete box.dataset.id; // other words are another message, whatever became of the first try
    keepDraft(state, box);
  });
}

/** Instead of the composer when it is over: nothing more, or the words that did not get out in time. */
export function closed(state, sentence) {
  const draft = passing.read(draftOf(state));
  const said = draft?.id && state.said.querySelector(`[data-client="${CSS.escape(draft.id)}"]`);
  if (!draft || said) return [above(state), h("p", { class: "soft center" }, sentence)];
  const box = h("textarea", { class: "input", rows: "3", readonly: true, "aria-label": "没有发出去的话", "data-testid": "unsent" });
  box.value = draft.text;
  return h("div", { class: "talk__composer" }, above(state), notice(`${sentence}您刚才写的没有发出去,给您留在这里。`, "waiting"), box);
}
