/* How a conversation talks to the server: over the socket while it is up, else over HTTP.

   Both ways end in the same verb, and the client id makes a message that went both ways one. */
import { io } from "../../vendor/socket.io.esm.min.js";

const UPLOAD_MS = 120_000; // a photo over a village line
const ACK_MS = 8000;
const AGAIN = ["not_open", "not_kept"]; // refusals that another try mends

let socket = null;

function shared() {
  socket ??= io("/chat", { transports: ["websocket"], reconnectionDelayMax: 5000 });
  return socket;
}

/** A refusal in the server's words. `final` when sending again cannot help. */
export class Refusal extends Error {
  constructor(detail, status) {
    super(detail);
    this.final = status >= 400 && status < 500 && ![408, 409, 425, 429].includes(status);
  }
}

export class Transport {
  #id;
  #opened = false;
  #open = () => {};

  constructor(id) {
    this.#id = id;
  }

  /** `changed(count)` when there is something to fetch, `message(pushed)`, `read(mark)`,
      `typing(name)`, `online(bool)`. */
  listen({ changed, message, read, typing, online }) {
    const link = shared();
    const mine = (act) => (told) => told.conversation === this.#id && act(told);
    this.#open = () =>
      link.emit("open", { conversation: this.#id }, (answer) => {
        this.#opened = Boolean(answer?.ok);
        online(this.#opened);
        if (this.#opened) changed(answer.change);
      });
    link.on("connect", this.#open);
    link.on("disconnect", () => {
      this.#opened = false;
      online(false);
    });
    link.on("reopen", mine(this.#open));
    link.on("message", mine(message));
    link.on("changed", mine((hint) => changed(hint.change)));
    link.on("read", mine(read));
    link.on("typing", mine((hint) => typing(hint.name)));
    if (link.connected) this.#open();
  }

  sayTyping() {
    shared().volatile.emit("typing", { conversation: this.#id });
  }

  messages(query) {
    return this.#call("GET", `messages?${new URLSearchParams(query)}`);
  }

  /** The message as it is kept. Over the socket first; without an answer over HTTP. */
  async sendText(clientId, text, quote) {
    const given = { client_id: clientId, text, ...(quote ? { quote_seq: quote } : {}) };
    if (this.#opened && shared().connected) {
      const answer = await this.#post(given);
      if (answer?.ok) return { kind: "text", quote_seq: null, file: null, ...given, ...answer.message };
      const { code, detail } = answer?.problem ?? {};
      if (code && !AGAIN.includes(code)) throw new Refusal(detail, 422);
      if (code === "not_open") this.#open();
    }
    return this.#call("POST", "messages", JSON.stringify(given), {
      "Content-Type": "application/json",
    });
  }

  async #post(given) {
    try {
      return await shared().timeout(ACK_MS).emitWithAck("post", { conversation: this.#id, ...given });
    } catch {
      return null;
    }
  }

  find(words) {
    return this.#call("POST", "search", JSON.stringify({ q: words }), { "Content-Type": "application/json" });
  }

  async phrases() {
    const answer = await fetch("/phrases/list", { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Refusal("常用语暂时取不到。", answer.status);
    return answer.json();
  }

  sendFile(clientId, file, quote) {
    return this.#upload("files", clientId, file, quote);
  }

  sendVoice(clientId, voice, quote) {
    return this.#upload("voice", clientId, voice, quote);
  }

  /** A file's content as Blob, at an address the server gave. */
  async load(url) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(UPLOAD_MS) });
    if (!answer.ok) throw new Refusal("没有取到,请再试一次。", answer.status);
    return answer.blob();
  }

  recall(seq) {
    return this.#call("POST", `messages/${seq}/recall`);
  }

  async markRead(seq) {
    if (this.#opened && shared().connected) {
      shared().emit("read", { conversation: this.#id, seq });
      return null;
    }
    return this.#call("POST", "read", JSON.stringify({ seq }), { "Content-Type": "application/json" });
  }

  #upload(path, clientId, file, quote) {
    const form = new FormData();
    form.set("client_id", clientId);
    if (quote) form.set("quote_seq", quote);
    form.set("file", file);
    return this.#call("POST", path, form);
  }

  async #call(method, path, body, headers = {}) {
    const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
    const answer = await fetch(`/conversations/${this.#id}/${path}`, {
      method,
      body,
      headers: { Accept: "application/json", "X-CSRF-Token": token, ...headers },
      signal: AbortSignal.timeout(body instanceof FormData ? UPLOAD_MS : 15_000),
    });
    if (answer.status === 204) return null;
    const content = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refusal(content.detail ?? "没有发出去,请再试一次。", answer.status);
    return content;
  }
}
