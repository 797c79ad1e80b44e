/* Words between this tab and the app: Socket.IO namespace /rtc, every call answered. */
import { io } from "../../vendor/socket.io.esm.min.js";

const ANSWER_WITHIN_MS = 12_000;
const TICKET_AGAIN_MS = 1_000;
const TICKET_WITHIN_MS = 8_000;
const TICKET_GOOD_MS = 2 * 60_000; // well under the life of a ticket
const OPEN_WITHIN_MS = 5_000; // a lost SYN is sent again after 1, 3 and 7 s: rather begin anew
const CALM_MS = 1_500;
const RENEW_MS = 10 * 60_000;

/** The server said no; `code` is for programs, `message` for people. */
export class Refusal extends Error {
  constructor({ code = "unknown", detail = "" } = {}) {
    super(detail || "刚才没有成功,请再试一次。");
    this.code = code;
  }
}

/** Ask for leave to sit in the room. Throws Refusal, or TypeError when there is no network. */
export async function fetchTicket(url) {
  const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
  const response = await fetch(url, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRF-Token": token },
    signal: AbortSignal.timeout(TICKET_WITHIN_MS),
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if (response.status >= 500) throw new TypeError(answer.detail);
  throw new Refusal(answer);
}

/** Events: `connected`, `cut`, `refused` (detail: Refusal), and what the server says by itself. */
export class Signalling extends EventTarget {
  #tickets;
  #socket = null;
  #renewal = 0;
  #session;
  #ticket = "";
  #ticketAt = 0;
  #triedAt = 0;

  /** `tickets()` resolves to a fresh ticket text; `session` names this tab. */
  constructor(tickets, session) {
    super();
    this.#tickets = tickets;
    this.#session = session;
  }

  connect() {
    this.#triedAt = performance.now();
    this.#socket = io("/rtc", {
      transports: ["websocket"],
      forceNew: true,
      reconnectionDelay: 300,
      reconnectionDelayMax: 2000,
      timeout: OPEN_WITHIN_MS,
      auth: (give) => this.#giveTicket(give),
    });
    this.#socket.on("connect", () => this.#tell("connected"));
    this.#socket.on("disconnect", (reason) => this.#disconnected(reason));
    this.#socket.on("connect_error", (error) => this.#failed(error));
    this.#socket.on("there", (_, answer) => answer?.()); // the server asks whether I am
    this.#socket.io.on("reconnect_attempt", () => (this.#triedAt = performance.now()));
    this.#socket.onAny((event, said) => this.#tell(event, said));
    this.#renewal = setInterval(() => this.#tickets().catch(() => {}), RENEW_MS);
  }

  close() {
    clearInterval(this.#renewal);
    this.#socket?.disconnect();
    this.#socket = null;
  }

  /** The network may be back: do not wait for the next attempt. */
  hurry() {
    if (this.connected || performance.now() - this.#triedAt < CALM_MS) return;
    this.#triedAt = performance.now();
    this.renew();
  }

  /** Give this connection up, whatever it believes of itself, and make another. */
  renew() {
    this.#socket?.disconnect();
    this.#socket?.connect();
  }

  get connected() {
    return this.#socket?.connected ?? false;
  }

  /** Ask and wait for the answer. Throws Refusal. */
  async call(name, body = {}, withinMs = ANSWER_WITHIN_MS) {
    const socket = this.#socket;
    const cut = () => new Refusal({ code: "cut", detail: "网络断开,正在重新连接。" });
    if (!this.connected) throw cut();
    const { id } = socket;
    let answer;
    try {
      answer = await socket.timeout(withinMs).emitWithAck(name, body);
    } catch {
      if (socket.id !== id) throw cut(); // this connection has ended since
      throw new Refusal({ code: "no_answer", detail: "服务器没有回应,正在重试。" });
    }
    if (!answer?.ok) throw new Refusal(answer?.problem);
    return answer;
  }

  /** Say something on the way out, without waiting. */
  say(name, body = {}) {
    if (this.connected) this.#socket.emit(name, body);
  }

  async #giveTicket(give) {
    while (this.#socket) {
      try {
        give({ ticket: await this.#freshTicket(), session: this.#session });
        return;
      } catch (problem) {
        if (problem instanceof Refusal) {
          this.#tell("refused", problem);
          return;
        }
        await new Promise((again) => setTimeout(again, TICKET_AGAIN_MS));
      }
    }
  }

  /** A ticket serves for some minutes, which saves a round trip when the line comes back. */
  async #freshTicket() {
    if (!this.#ticket || Date.now() - this.#ticketAt > TICKET_GOOD_MS) {
      this.#ticketAt = Date.now();
      this.#ticket = await this.#tickets();
    }
    return this.#ticket;
  }

  #disconnected(reason) {
    this.#tell("cut");
    if (reason === "io server disconnect") this.#socket?.connect();
  }

  #failed(error) {
    if (!error.data?.code) return; // no network: the library tries again by itself
    this.#ticket = "";
    if (error.data.code === "ticket_expired") setTimeout(() => this.#socket?.connect(), 1000);
    else this.#tell("refused", new Refusal(error.data));
  }

  #tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
