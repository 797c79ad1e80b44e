// What was said, in order: takes pages, puts each message in its place, keeps the eye where it reads,
// and tells how far it has read. Used by the patient and by guests (`place`).

import { get, post } from "./api.js";
import { bubble } from "./bubble.js";
import { h } from "./dom.js";
import { earlierAbove } from "./talk-earlier.js";

const NEAR_END_PX = 120;
const sheets = new Map();

/** A conversation at `path` of the API, with what is known of it; `them`: what the other side is called. */
export function conversation(path, { signal, place, them = "医生" }) {
  const state = {
    path,
    signal,
    place,
    them,
    options: { signal, place },
    said: h("ol", { class: "talk", "data-testid": "talk" }),
    news: h("button", { type: "button", class: "talk__news", hidden: true, "data-testid": "talk-news" }),
    typing: h("p", { class: "talk__typing soft", role: "status" }),
    known: new Map(), // number -> {message, line}
    members: new Map(),
    since: 0,
    readTo: 0,
    unseen: 0,
    atEnd: true,
    fetching: null,
  };
  state.recall = async (seq) => {
    await post(`${verbs(state)}/messages/${seq}/recall`, {}, state.options);
    await catchUp(state);
  };
  state.settle = () => state.atEnd && toTheEnd(); // something has grown, or the keyboard came
  state.news.addEventListener("click", () => toTheEnd());
  window.addEventListener("resize", state.settle, { signal });
  const moved = () => looked(state);
  window.addEventListener("scroll", moved, { passive: true, signal });
  document.addEventListener("visibilitychange", moved, { signal });
  return state;
}

/** Where voices, files, recalls and read marks go. */
export const verbs = (state) => (state.place ? state.path : `/conversations/${state.id}`);

/** The list, as the ear hears it too, and above it the way back. */
export const log = (state) => [
  earlierAbove(state),
  h("div", { role: "log", "aria-live": "polite", "aria-label": "消息" }, state.said),
];

/** What stands above the composer: new messages below, and who is writing. */
export const above = (state) => [state.news, state.typing];

/** The styles of a conversation, which only these screens need; they open without, too. */
export function dressed() {
  return Promise.all(["./talk.css", "../css/components/voice.css"].map((name) => {
    const address = new URL(name, import.meta.url).href;
    if (!sheets.has(address)) {
      const link = h("link", { rel: "stylesheet", href: address });
      sheets.set(address, new Promise((done) => (link.onload = link.onerror = done)));
      document.head.append(link);
    }
    return sheets.get(address);
  }));
}

/** Fetch what is new; whoever asks meanwhile gets what is new by then. */
export async function catchUp(state) {
  state.wanted = true;
  state.fetching ??= fetchAll(state).finally(() => (state.fetching = null));
  await state.fetching;
}

async function fetchAll(state) {
  while (state.wanted) {
    state.wanted = false;
    const page = await get(`${state.path}/messages`, { ...state.options, query: { since: String(state.since) } });
    show(state, page);
    state.wanted ||= page.more;
  }
}

/** Put a page of messages where they belong. */
export function show(state, page) {
  const first = state.id === undefined;
  state.since = Math.max(state.since, page.since);
  state.id = page.conversation_id;
  state.me = page.me;
  for (const member of page.members) state.members.set(member.person_id, member);
  state.readTo = Math.max(state.readTo, state.members.get(state.me)?.read_seq ?? 0);
  const fresh = page.items.filter((message) => put(state, message));
  showReads(state);
  if (first) {
    state.earlier = page.earlier;
    begin(state);
  } else if (fresh.length) arrived(state, fresh);
  looked(state);
}

/** In its place by number; whether it is new here. A recalled one takes the place of what it was. */
export function put(state, message) {
  const { seq, client_id: clientId } = message;
  const line = bubble(state, message);
  const before = state.known.get(seq)?.line ?? waitingFor(state, clientId);
  const fresh = !state.known.has(seq);
  state.known.set(seq, { message, line });
  if (before) before.replaceWith(line);
  else state.said.insertBefore(line, laterThan(state, seq));
  return fresh;
}

const laterThan = (state, seq) =>
  [...state.said.children].find((line) => line.dataset.unsent || Number(line.dataset.seq) > seq) ?? null;

const waitingFor = (state, clientId) =>
  clientId && state.said.querySelector(`[data-client="${CSS.escape(clientId)}"]`);

/** Every message that is known, in order. */
const all = (state) => [...state.known.values()].map(({ message }) => message).sort((one, other) => one.seq - other.seq);

const news = (state) => (message) => !message.mine && message.kind !== "system" && message.seq > state.readTo;

/** On opening: at the first message that is new, else at the end. After the router has scrolled. */
function begin(state) {
  const found = all(state).filter(news(state));
  const line = h("li", { class: "talk__line talk__since", "data-testid": "talk-since" }, `以下是 ${found.length} 条新消息`);
  if (found.length) state.known.get(found[0].seq).line.before(line);
  state.unseen = found.length;
  setTimeout(() => {
    if (found.length) line.scrollIntoView({ block: "start" });
    else toTheEnd();
    looked(state);
  });
}

/** Later: follow whoever is at the end, and only tell the others. */
function arrived(state, fresh) {
  const others = fresh.filter(news(state));
  if (others.length) state.typing.textContent = "";
  if (state.atEnd || fresh.some((message) => message.mine)) toTheEnd();
  else state.unseen += others.length;
}

/** The eye has moved: what is at the end is read. */
function looked(state) {
  if (!state.said.isConnected) return;
  state.atEnd = isAtEnd();
  if (state.atEnd) state.unseen = 0;
  state.news.hidden = !state.unseen;
  state.news.textContent = `${state.unseen} 条新消息 ↓`;
  if (state.atEnd && !document.hidden) markRead(state);
}

function markRead(state) {
  const last = all(state).filter(news(state)).at(-1)?.seq;
  if (!last) return;
  const before = state.readTo;
  state.readTo = last;
  post(`${verbs(state)}/read`, { seq: last }, state.options).catch(() => {
    state.readTo = before; // the next look tells again
  });
}

/** Somebody else has read up to here. */
export function noteRead(state, person, seq) {
  const member = state.members.get(person);
  if (member) member.read_seq = Math.max(member.read_seq, seq);
  showReads(state);
}

/** Under the newest of one's own messages: whether the doctor has seen it. */
function showReads(state) {
  state.said.querySelector(".talk__read")?.remove();
  const own = all(state).filter(({ mine }) => mine).at(-1);
  if (!own || own.recalled) return;
  const seen = [...state.members.values()].some((member) => member.kind === "staff" && member.read_seq >= own.seq);
  if (seen) state.known.get(own.seq).line.append(h("p", { class: "talk__read soft" }, `${state.them}看过了`));
}

function isAtEnd() {
  const { scrollHeight } = document.documentElement;
  return scrollHeight - window.scrollY - window.innerHeight < NEAR_END_PX;
}

/** To what was said last. */
export function toTheEnd() {
  window.scrollTo({ top: document.documentElement.scrollHeight });
}
