/* When sound and picture cannot come through: says so in plain words, puts the conversation in
   front, and gives the pictures their place back when they flow again. It only looks on; trying
   again and again is the call's own work. */

const LOOK_MS = 1000;
const IMPOSSIBLE_AFTER_MS = 15_000; // a first connection over a slow line may take ten seconds
const CALM_MS = 3000;

/** `up`: what there is to connect is connected; `down`: something is not; `idle`: nothing to say. */
export function mediaState(peers, troubled) {
  const states = peers.map((peer) => peer?.connectionState).filter((state) => state && state !== "new");
  if (states.some((state) => state !== "connected")) return "down";
  if (states.length) return "up";
  return troubled ? "down" : "idle";
}

/** Events: `change` (detail: whether media is impossible now). */
export class WithoutMedia extends EventTarget {
  #root;
  #call;
  #card;
  #timer = 0;
  #troubled = false;
  #downSince = 0;
  #idleSince = 0;
  #before = null;

  constructor(root, call) {
    super();
    this.#root = root;
    this.#call = call;
    this.#card = root.querySelector("[data-room-without]");
    call.addEventListener("word", ({ detail }) => {
      if (detail.topic === "media") this.#troubled = Boolean(detail.words);
    });
    for (const side of [call.publisher, call.subscriber]) {
      side.addEventListener("state", () => this.#look());
    }
    this.#card.querySelector("[data-room-speak]").addEventListener("click", () => this.#speak());
  }

  get impossible() {
    return this.#root.dataset.media === "impossible";
  }

  start() {
    this.#root.dataset.media = "possible";
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#show(false);
  }

  /** Put the conversation in front of record, opinion and files. */
  bringChat() {
    const tab = this.#chatTab;
    if (!tab) return;
    if (this.#root.dataset.panel !== "open") this.#togglePanel();
    tab.click();
  }

  #look() {
    if (!this.#call.seat || !this.#call.signalling.connected) {
      this.#downSince = 0; // the line itself is cut: that is said elsewhere, and nothing can be sent
      return;
    }
    const now = performance.now();
    const { publisher, subscriber } = this.#call;
    const state = mediaState([publisher.peer, subscriber.peer], this.#troubled);
    if (state !== "idle") this.#idleSince = 0;
    if (state === "down") {
      this.#downSince ||= now;
      if (now - this.#downSince >= IMPOSSIBLE_AFTER_MS) this.#show(true);
      return;
    }
    if (state === "idle") {
      this.#idleSince ||= now;
      if (now - this.#idleSince < CALM_MS) return; // between two attempts
    }
    this.#downSince = 0;
    this.#show(false);
  }

  #show(impossible) {
    if (impossible === this.impossible) return;
    this.#root.dataset.media = impossible ? "impossible" : "possible";
    this.#card.hidden = !impossible;
    this.#card.dataset.talk = this.#chatTab ? "yes" : "no"; // who only watches has no conversation
    if (impossible) this.#makeWay();
    else this.#giveBack();
    this.dispatchEvent(new CustomEvent("change", { detail: impossible }));
  }

  #makeWay() {
    const tab = this.#root.querySelector(".tabs__tab[aria-selected=true]");
    this.#before = { tab, panel: this.#root.dataset.panel };
    this.bringChat();
  }

  /** Back to what was open before, unless somebody is in the middle of saying something. */
  #giveBack() {
    const before = this.#before;
    this.#before = null;
    const chosen = this.#chatTab?.getAttribute("aria-selected") === "true";
    if (!before || !chosen || this.#isSaying) return;
    if (before.tab !== this.#chatTab) before.tab?.click();
    if (before.panel !== this.#root.dataset.panel) this.#togglePanel();
  }

  get #isSaying() {
    const typed = this.#root.querySelector("[data-chat-input]")?.value;
    const recorder = this.#root.querySelector("[data-chat-voice]");
    return Boolean(typed) || recorder?.hidden === false;
  }

  get #chatTab() {
    const chat = this.#root.querySelector("[data-conversation], [data-conversation-panel]");
    const panel = chat?.closest(".tabs__panel");
    return panel ? this.#root.querySelector(`.tabs__tab[href="#${panel.id}"]`) : null;
  }

  #togglePanel() {
    this.#root.querySelector("[data-room-panel]").click();
  }

  #speak() {
    this.bringChat();
    const opener = this.#root.querySelector("[data-chat-voice-open]");
    if (opener && !opener.hidden) opener.click();
    else this.#root.querySelector("[data-chat-input]")?.focus();
  }
}
