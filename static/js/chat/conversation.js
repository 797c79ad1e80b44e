/* One conversation on the page: takes what is pushed, fetches what it missed, loses nothing.

   `#change` is how far this page has followed the conversation. A push that is the very next step is
   taken as it is; anything else means that something was missed, and the page asks "since".

   Text that is not yet with the server stays in sessionStorage under its client id, so a reload
   sends it again and the server answers with what it already has. */
import { drawMessage, drawPending } from "./bubbles.js";
import { Below, Phrases, Quoting, listenToFind } from "./extras.js";
import { Transport } from "./transport.js";
import { VoiceComposer } from "./voice-composer.js";

const TYPING_EVERY_MS = 3000;
const FORGET_TYPING_MS = 4000;
const RETRY_MS = 4000;
const PAGE = 50;

export class Conversation {
  #root;
  #transport;
  #seen = 0;
  #change = null;
  #oldest = Infinity;
  #places = new Map();
  #unsent = new Map();
  #fetching = null;
  #wanted = 0;
  #reads = new Map();
  #lastTyping = 0;
  #typing = 0;
  #storageKey;
  #quoting;
  #below;
  #known = new Map();

  constructor(root) {
    this.#root = root;
    this.#transport = new Transport(root.dataset.conversation);
    this.#storageKey = `chat:${root.dataset.conversation}`;
  }

  // Lifecycle

  async start() {
    this.#quoting = new Quoting(this.#root);
    this.#below = new Below(this.#root, () => this.#markRead());
    this.#listenToForm();
    listenToFind(this.#root, this.#transport, (seq) => this.#showPlace(seq));
    this.#part("older").addEventListener("click", () => this.#fetchOlder());
    await this.#fetchNewest();
    this.#restoreUnsent();
    this.#transport.listen({
      changed: (count) => this.#follow(count),
      message: (pushed) => this.#hear(pushed),
      read: ({ person_id: person, seq }) => this.#noteRead(person, seq),
      typing: (name) => this.#showTyping(name),
      online: (online) => this.#lineChanged(online),
    });
    document.addEventListener("visibilitychange", () => this.#markRead());
  }

  #part(name) {
    return this.#root.querySelector(`[data-chat-${name}]`);
  }

  // Receiving

  async #fetchNewest() {
    const page = await this.#fetchCalmly({ limit: PAGE });
    if (page) {
      this.#change = page.since;
      this.#take(page);
    }
    this.#part("empty").hidden = this.#seen > 0;
    this.#part("older").hidden = this.#oldest <= 1 || this.#oldest === Infinity;
    this.#below.toEnd();
  }

  /* Something was pushed, or answered to what we sent. */
  #hear(message) {
    message.mine = message.author_id === this.#root.dataset.me;
    if (message.change <= this.#change) return undefined;
    if (this.#change === null || message.change > this.#change + 1) return this.#follow(message.change);
    this.#change = message.change;
    return this.#take({ items: [message], members: [] });
  }

  async #follow(count) {
    this.#wanted = Math.max(this.#wanted, count);
    if (this.#change === null) await this.#fetchNewest();
    this.#fetching ??= this.#catchUp().finally(() => (this.#fetching = null));
    return this.#fetching;
  }

  async #catchUp() {
    while (this.#wanted > (this.#change ?? 0)) {
      const before = this.#change;
      const page = await this.#fetchCalmly({ since: this.#change ?? 0 });
      if (!page) return;
      this.#take(page);
      this.#change = Math.max(this.#change, page.since);
      if (this.#change === before) return;
    }
  }

  async #fetchOlder() {
    const after = Math.max(0, this.#oldest - PAGE - 1);
    const page = await this.#fetchCalmly({ after, limit: this.#oldest - 1 - after });
    if (!page) return;
    const fragment = document.createDocumentFragment();
    for (const message of page.items) {
      this.#known.set(message.seq, message);
      fragment.append(this.#draw(message));
    }
    this.#part("list").prepend(fragment);
    this.#oldest = after + 1;
    this.#part("older").hidden = after === 0;
  }

  async #fetchCalmly(query) {
    try {
      return await this.#transport.messages(query);
    } catch {
      this.#showState("消息暂时取不到,正在重试…");
      setTimeout(() => this.#follow((this.#change ?? 0) + 1), RETRY_MS);
      return null;
    }
  }

  #take(page) {
    const { atEnd } = this.#below;
    const before = this.#seen;
    for (const member of page.members) {
      this.#places.set(member.person_id, member.organization);
      if (member.here) this.#reads.set(member.person_id, member.read_seq);
      else this.#reads.delete(member.person_id);
    }
    for (const message of page.items) this.#put(message);
    this.#part("empty").hidden = this.#seen > 0;
    if (atEnd) this.#below.toEnd();
    else if (before) this.#below.add(page.items.filter(({ seq, mine, kind }) => seq > before && !mine && kind !== "system").length);
    if (this.#typing && page.items.some(({ mine }) => !mine)) this.#showTyping("");
    this.#markRead();
    this.#showReads();
    this.#root.dispatchEvent(new CustomEvent("chat:received", { bubbles: true, detail: { seq: this.#seen } }));
  }

  /* In its place by number; a recalled one takes the place of what it was. */
  #put(message) {
    this.#known.set(message.seq, message);
    const list = this.#part("list");
    this.#settle(message.client_id);
    const shown = list.querySelector(`[data-seq="${message.seq}"]`);
    if (shown) {
      if (message.recalled) shown.replaceWith(this.#draw(message));
      return;
    }
    if (message.seq < this.#oldest && this.#seen) return;
    const later = [...list.children].find((item) => item.dataset.clientId || Number(item.dataset.seq) > message.seq);
    list.insertBefore(this.#draw(message), later ?? null);
    this.#seen = Math.max(this.#seen, message.seq);
    this.#oldest = Math.min(this.#oldest, message.seq);
  }

  #draw(message) {
    return drawMessage(message, {
      place: this.#places.get(message.author_id) ?? "",
      onRecall: (seq) => this.#recall(seq),
      onQuote: this.#quoting.possible ? (quoted) => this.#quote(quoted) : null,
      quoted: this.#known.get(message.quote_seq),
      load: (url) => this.#transport.load(url),
    });
  }

  #quote(message) {
    this.#quoting.quote(message);
    this.#part("input").focus();
  }

  async #showPlace(seq) {
    while (this.#oldest > seq && this.#oldest > 1) {
      const before = this.#oldest;
      await this.#fetchOlder();
      if (this.#oldest === before) return;
    }
    const place = this.#part("list").querySelector(`[data-seq="${seq}"]`);
    place?.scrollIntoView({ block: "center" });
    place?.classList.add("bubble--found");
    setTimeout(() => place?.classList.remove("bubble--found"), 2500);
  }

  async #recall(seq) {
    try {
      await this.#transport.recall(seq);
      await this.#follow(this.#change + 1);
    } catch (problem) {
      this.#showState(problem.message);
    }
  }

  #markRead() {
    if (document.hidden || !this.#root.offsetParent || !this.#seen || !this.#below.atEnd) return;
    this.#transport.markRead(this.#seen).catch(() => {});
  }

  #noteRead(person, seq) {
    this.#reads.set(person, Math.max(this.#reads.get(person) ?? 0, seq));
    this.#showReads();
  }

  /* Under the newest of my own messages: how many of the others have seen it. */
  #showReads() {
    const list = this.#part("list");
    list.querySelector("[data-chat-read]")?.remove();
    const own = [...list.querySelectorAll(".bubble--mine[data-seq]")].at(-1);
    if (!own || own.dataset.recalled) return;
    const others = [...this.#reads].filter(([person]) => person !== this.#root.dataset.me);
    const seen = others.filter(([, seq]) => seq >= Number(own.dataset.seq)).length;
    if (!seen) return;
    const line = document.createElement("p");
    line.className = "bubble__state";
    line.dataset.chatRead = "";
    line.textContent = seen === others.length ? "已读" : `${seen} 人已读`;
    own.append(line);
  }

  // Sending

  #listenToForm() {
    const form = this.#part("composer");
    if (!form) return;
    const input = this.#part("input");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#sendTyped(input);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#sendTyped(input);
    });
    input.addEventListener("input", () => this.#sayTyping());
    new Phrases(this.#root, this.#transport, input);
    const voice = new VoiceComposer(this.#root);
    voice.addEventListener("send", ({ detail }) => this.#send({ clientId: newId(), quote: this.#quoting.take(), ...detail }));
    input.addEventListener("paste", (event) => this.#sendFiles(event.clipboardData?.files));
    this.#part("files").addEventListener("change", (event) => {
      this.#sendFiles(event.target.files);
      event.target.value = "";
    });
  }

  #sendTyped(input) {
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    this.#send({ clientId: newId(), text, quote: this.#quoting.take() });
  }

  #sendFiles(files) {
    for (const file of files ?? []) this.#send({ clientId: newId(), file, quote: this.#quoting.take() });
  }

  async #send(entry) {
    entry.failure = "";
    this.#unsent.set(entry.clientId, entry);
    this.#drawUnsent(entry);
    this.#keepUnsent();
    try {
      const message = await this.#handOver(entry);
      if (message.file) await this.#follow(message.change);
      else await this.#hear(message);
      this.#settle(entry.clientId);
    } catch (problem) {
      entry.final = Boolean(problem.final);
      entry.failure = entry.final ? problem.message : "没有发出去,网络恢复后会自动再发。";
      this.#drawUnsent(entry);
    }
  }

  #handOver({ clientId, file, voice, text, quote }) {
    if (voice) return this.#transport.sendVoice(clientId, voice, quote);
    return file ? this.#transport.sendFile(clientId, file, quote) : this.#transport.sendText(clientId, text, quote);
  }

  /** The line is back: what could not get out goes again, the server knows it by its client id. */
  #lineChanged(online) {
    this.#showState(online ? "" : "网络断开,正在重新连接,消息会自动补上。");
    if (!online) return;
    for (const entry of this.#unsent.values()) if (entry.failure && !entry.final) this.#send(entry);
  }

  #drawUnsent(entry) {
    const list = this.#part("list");
    const drawn = drawPending(entry, {
      onAgain: (again) => this.#send(again),
      onDrop: (dropped) => this.#settle(dropped.clientId),
    });
    const shown = list.querySelector(`[data-client-id="${entry.clientId}"]`);
    if (shown) shown.replaceWith(drawn);
    else list.append(drawn);
    this.#below.toEnd();
  }

  #settle(clientId) {
    if (!clientId || !this.#unsent.delete(clientId)) return;
    this.#part("list").querySelector(`[data-client-id="${clientId}"]`)?.remove();
    this.#keepUnsent();
  }

  #keepUnsent() {
    const texts = [...this.#unsent.values()].filter((entry) => entry.text);
    const kept = texts.map(({ clientId, text, quote }) => ({ clientId, text, quote }));
    if (kept.length) sessionStorage.setItem(this.#storageKey, JSON.stringify(kept));
    else sessionStorage.removeItem(this.#storageKey);
  }

  #restoreUnsent() {
    const kept = JSON.parse(sessionStorage.getItem(this.#storageKey) ?? "[]");
    for (const entry of kept) this.#send(entry);
  }

  // Telling

  #sayTyping() {
    if (Date.now() - this.#lastTyping < TYPING_EVERY_MS) return;
    this.#lastTyping = Date.now();
    this.#transport.sayTyping();
  }

  /* Nobody, when `name` is empty: they have sent it. */
  #showTyping(name) {
    clearTimeout(this.#typing);
    this.#showState(name && `${name} 正在输入…`);
    this.#typing = name && setTimeout(() => this.#showTyping(""), FORGET_TYPING_MS);
  }

  #showState(text) {
    this.#part("state").textContent = text;
  }
}

function newId() {
  return crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}
