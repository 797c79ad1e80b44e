/* One conversation on the page: fetches what is new, sends what is typed, loses nothing.

   Text that is not yet with the server stays in sessionStorage under its client id, so a reload
   sends it again and the server answers with what it already has. */
import { drawMessage, drawPending } from "./bubbles.js";
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
  #oldest = Infinity;
  #places = new Map();
  #unsent = new Map();
  #fetching = null;
  #wanted = 0;
  #lastTyping = 0;
  #typingTimer = null;
  #storageKey;

  constructor(root) {
    this.#root = root;
    this.#transport = new Transport(root.dataset.conversation);
    this.#storageKey = `chat:${root.dataset.conversation}`;
  }

  // Lifecycle

  async start() {
    this.#listenToForm();
    this.#part("older").addEventListener("click", () => this.#fetchOlder());
    await this.#fetchNewest();
    this.#restoreUnsent();
    this.#transport.listen({
      changed: (seq) => this.#fetchNew(seq),
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
    if (page) this.#take(page);
    this.#part("empty").hidden = this.#seen > 0;
    this.#part("older").hidden = this.#oldest <= 1 || this.#oldest === Infinity;
    this.#scrollToEnd();
  }

  async #fetchNew(seq) {
    this.#wanted = Math.max(this.#wanted, seq);
    if (this.#fetching) return this.#fetching;
    this.#fetching = this.#catchUp().finally(() => (this.#fetching = null));
    return this.#fetching;
  }

  async #catchUp() {
    while (this.#wanted > this.#seen) {
      const before = this.#seen;
      const page = await this.#fetchCalmly({ after: this.#seen });
      if (!page) return;
      this.#take(page);
      if (this.#seen === before) break;
    }
    if (this.#wanted <= this.#seen) await this.#refresh(this.#wanted);
  }

  /* A hint about a message we already show: it was recalled. */
  async #refresh(seq) {
    const shown = this.#part("list").querySelector(`[data-seq="${seq}"]`);
    if (!shown) return;
    const page = await this.#fetchCalmly({ after: seq - 1, limit: 1 });
    const [message] = page?.items ?? [];
    if (message?.seq === seq && message.recalled) shown.replaceWith(this.#draw(message));
  }

  async #fetchOlder() {
    const after = Math.max(0, this.#oldest - PAGE - 1);
    const page = await this.#fetchCalmly({ after, limit: this.#oldest - 1 - after });
    if (!page) return;
    const fragment = document.createDocumentFragment();
    for (const message of page.items) fragment.append(this.#draw(message));
    this.#part("list").prepend(fragment);
    this.#oldest = after + 1;
    this.#part("older").hidden = after === 0;
  }

  async #fetchCalmly(query) {
    try {
      return await this.#transport.messages(query);
    } catch {
      this.#showState("消息暂时取不到,正在重试…");
      setTimeout(() => this.#fetchNew(Math.max(this.#wanted, this.#seen + 1)), RETRY_MS);
      return null;
    }
  }

  #take(page) {
    const list = this.#part("list");
    const atEnd = this.#isAtEnd();
    for (const member of page.members) this.#places.set(member.person_id, member.organization);
    for (const message of page.items) {
      if (message.seq <= this.#seen) continue;
      this.#settle(message.client_id);
      const firstUnsent = list.querySelector("[data-client-id]");
      list.insertBefore(this.#draw(message), firstUnsent);
      this.#seen = message.seq;
      this.#oldest = Math.min(this.#oldest, message.seq);
    }
    this.#part("empty").hidden = this.#seen > 0;
    if (atEnd) this.#scrollToEnd();
    this.#markRead();
    this.#root.dispatchEvent(new CustomEvent("chat:received", { bubbles: true, detail: { seq: this.#seen } }));
  }

  #draw(message) {
    return drawMessage(message, {
      place: this.#places.get(message.author_id) ?? "",
      onRecall: (seq) => this.#recall(seq),
      load: (url) => this.#transport.load(url),
    });
  }

  async #recall(seq) {
    try {
      await this.#transport.recall(seq);
      await this.#refresh(seq);
    } catch (problem) {
      this.#showState(problem.message);
    }
  }

  #markRead() {
    if (document.hidden || !this.#root.offsetParent || !this.#seen) return;
    this.#transport.markRead(this.#seen).catch(() => {});
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
    const voice = new VoiceComposer(this.#root);
    voice.addEventListener("send", ({ detail }) => this.#send({ clientId: newId(), ...detail }));
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
    this.#send({ clientId: newId(), text });
  }

  #sendFiles(files) {
    for (const file of files ?? []) this.#send({ clientId: newId(), file });
  }

  async #send(entry) {
    entry.failure = "";
    this.#unsent.set(entry.clientId, entry);
    this.#drawUnsent(entry);
    this.#keepUnsent();
    try {
      const message = await this.#handOver(entry);
      await this.#fetchNew(message.seq);
      this.#settle(entry.clientId);
    } catch (problem) {
      entry.final = Boolean(problem.final);
      entry.failure = entry.final ? problem.message : "没有发出去,网络恢复后会自动再发。";
      this.#drawUnsent(entry);
    }
  }

  #handOver({ clientId, file, voice, text }) {
    if (voice) return this.#transport.sendVoice(clientId, voice);
    return file ? this.#transport.sendFile(clientId, file) : this.#transport.sendText(clientId, text);
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
    this.#scrollToEnd();
  }

  #settle(clientId) {
    if (!clientId || !this.#unsent.delete(clientId)) return;
    this.#part("list").querySelector(`[data-client-id="${clientId}"]`)?.remove();
    this.#keepUnsent();
  }

  #keepUnsent() {
    const texts = [...this.#unsent.values()].filter((entry) => entry.text);
    const kept = texts.map(({ clientId, text }) => ({ clientId, text }));
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

  #showTyping(name) {
    this.#showState(`${name} 正在输入…`);
    clearTimeout(this.#typingTimer);
    this.#typingTimer = setTimeout(() => this.#showState(""), FORGET_TYPING_MS);
  }

  #showState(text) {
    this.#part("state").textContent = text;
  }

  #isAtEnd() {
    const box = this.#part("scroll");
    return box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  }

  #scrollToEnd() {
    const box = this.#part("scroll");
    box.scrollTop = box.scrollHeight;
  }
}

function newId() {
  return crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}
