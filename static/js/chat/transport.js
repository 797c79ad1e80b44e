/* How a conversation talks to the server: messages over HTTP, hints over the socket. */
import { io } from "../../vendor/socket.io.esm.min.js";

const UPLOAD_MS = 120_000; // a photo over a village line

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

  constructor(id) {
    this.#id = id;
  }

  /** `changed(seq)` when there is something to fetch, `typing(name)`, `online(bool)`. */
  listen({ changed, typing, online }) {
    const link = shared();
    const open = () =>
      link.emit("open", { conversation: this.#id }, (answer) => {
        online(Boolean(answer?.ok));
        if (answer?.ok) changed(answer.last_seq);
      });
    link.on("connect", open);
    link.on("disconnect", () => online(false));
    link.on("changed", (hint) => hint.conversation === this.#id && changed(hint.seq));
    link.on("typing", (hint) => typing(hint.name));
    if (link.connected) open();
  }

  sayTyping() {
    shared().volatile.emit("typing", { conversation: this.#id });
  }

  messages(query) {
    return this.#call("GET", `messages?${new URLSearchParams(query)}`);
  }

  sendText(clientId, text) {
    return this.#call("POST", "messages", JSON.stringify({ client_id: clientId, text }), {
      "Content-Type": "application/json",
    });
  }

  sendFile(clientId, file) {
    return this.#upload("files", clientId, file);
  }

  sendVoice(clientId, voice) {
    return this.#upload("voice", clientId, voice);
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

  markRead(seq) {
    return this.#call("POST", "read", JSON.stringify({ seq }), { "Content-Type": "application/json" });
  }

  #upload(path, clientId, file) {
    const form = new FormData();
    form.set("client_id", clientId);
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
