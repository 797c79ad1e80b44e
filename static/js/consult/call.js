/* The call: takes the seat, keeps media flowing, and mends what breaks. Knows nothing of the page. */
import { Mender } from "./mending.js";
import { Publisher } from "./publishing.js";
import { Relays } from "./relays.js";
import { newSession } from "./session.js";
import { Signalling } from "./signalling.js";
import { Subscriber } from "./subscribing.js";
import { onWaking } from "./waking.js";

const AGAIN_MS = 2000;
const RESYNC_MS = 10_000;
const RESYNC_WITHIN_MS = 8000;
const REACH_WITHIN_MS = 3000;
const WAITING = new Set(["media_unavailable", "recording_pausing", "cut", "no_answer", "internal"]);
const ASTRAY = new Set(["unknown_room", "unknown_seat", "node_error"]);

const videoCodecs = () => {
  const found = RTCRtpReceiver.getCapabilities?.("video")?.codecs ?? [];
  return ["VP8", "H264"].filter((name) => found.some(({ mimeType }) => mimeType === `video/${name}`));
};

/** Events: `room` (detail: who is here, recording), `tracks`, `adapted`, `word` (detail: {topic, words}),
    `over` (detail: {code, message}: replaced, ended, refused), `recordings`. */
export class Call extends EventTarget {
  #signalling;
  #publisher;
  #subscriber;
  #relays;
  #media;
  #room = { seq: -1, participants: [], recording: { state: "off" } };
  #seat = "";
  #rights = [];
  #joined = false;
  #entering = null;
  #enterAgain = false;
  #fresh = true;
  #restart = false;
  #screen = false;
  #timers = new Map();
  #over = false;
  #menders;
  #reaching = null;
  #stopWaking = () => {};

  constructor(tickets, media) {
    super();
    this.#media = media;
    this.#signalling = new Signalling(async () => (await tickets()).ticket, newSession());
    this.#publisher = new Publisher(this.#signalling);
    this.#subscriber = new Subscriber(this.#signalling);
    this.#relays = new Relays(
      () => this.#signalling.call("relays"),
      (servers) => (this.#publisher.iceServers = this.#subscriber.iceServers = servers),
    );
    const reachable = () => this.#reach();
    this.#menders = [
      new Mender({ peer: () => this.#publisher.peer, reachable, renew: () => this.#renew("publish") }),
      new Mender({ peer: () => this.#subscriber.peer, reachable, renew: () => this.#renew("subscribe") }),
    ];
    this.#listen();
  }

  get signalling() {
    return this.#signalling;
  }

  get publisher() {
    return this.#publisher;
  }

  get subscriber() {
    return this.#subscriber;
  }

  get seat() {
    return this.#seat;
  }

  get room() {
    return this.#room;
  }

  may(right) {
    return this.#rights.includes(right);
  }

  start() {
    this.#signalling.connect();
    this.#timers.set("resync", setInterval(() => this.#resync(RESYNC_WITHIN_MS), RESYNC_MS));
    for (const mender of this.#menders) mender.start();
    this.#stopWaking = onWaking(() => this.#wake());
  }

  /** Go out. `quietly` when the page is being closed. */
  leave() {
    this.#signalling.say("leave");
    this.#end();
  }

  async record(action) {
    await this.#signalling.call("recording", { action });
  }

  /** Tell everybody what I send just now. */
  async sayState(screen = this.#screen) {
    this.#screen = screen;
    if (!this.#joined || !this.may("publish")) return;
    const state = { audio: this.#media.isOn("microphone"), video: this.#media.isOn("camera"), screen };
    await this.#signalling.call("state", state).catch(() => {}); // said again after reconnecting
  }

  /** Receive voices only, or pictures again. */
  async setSoundOnly(wanted) {
    this.#subscriber.soundOnly = wanted;
    this.#restart = true;
    await this.#enter();
  }

  #listen() {
    const on = (name, act) => this.#signalling.addEventListener(name, ({ detail }) => act(detail));
    on("connected", () => this.#join());
    on("cut", () => this.#cut());
    on("refused", (problem) => this.#finish(problem.code, problem.message));
    on("room", (room) => this.#take(room));
    on("offer", (offer) => this.#subscriber.take(offer));
    on("moved", () => this.#startAfresh());
    on("media_lost", () => this.#say("media", "视频线路中断,正在恢复。可以先用文字沟通。"));
    on("republish", () => this.#publisher.renegotiate().catch(() => {})); // restarted anyway
    on("replaced", () => this.#finish("replaced", "您已在另一处打开这个会诊室,这里已停用。"));
    on("removed", () => this.#finish("ended", "您已经离开这次视频。"));
    on("ended", () => this.#finish("ended", "这次会诊已经结束。"));
    on("recordings", () => this.dispatchEvent(new Event("recordings")));
    on("media", (media) => this.#nodeSays(media));
    on("adapted", ({ pictures }) => this.#tell("adapted", pictures));
    this.#publisher.addEventListener("state", ({ detail }) => this.#heal(detail));
    this.#subscriber.addEventListener("state", ({ detail }) => this.#heal(detail));
    this.#subscriber.addEventListener("tracks", ({ detail }) => this.#tell("tracks", detail));
    this.#subscriber.addEventListener("begun", () => this.#tell("adapted", []));
    this.#subscriber.addEventListener("astray", ({ detail }) => this.#mend(detail));
    this.#media.addEventListener("change", ({ detail }) => this.#sourceChanged(detail));
  }

  // Seat and room

  async #join() {
    clearTimeout(this.#timers.get("join"));
    try {
      const joined = await this.#signalling.call("join");
      this.#seat = joined.seat;
      this.#rights = joined.rights;
      this.#relays.take(joined);
      this.#joined = true;
      this.#take(joined);
      this.#say("line", "");
    } catch (problem) {
      if (WAITING.has(problem.code) || problem.code === "too_fast") this.#later("join", () => this.#join());
      else this.#finish(problem.code, problem.message);
      return;
    }
    this.sayState();
    await this.#enter();
    this.#listenForMedia(); // the way here is another one, perhaps
  }

  /** The room may be shown to us before our own joining is answered: what we may is not known. */
  #take(room) {
    if (!this.#joined || !Array.isArray(room.participants) || room.seq < this.#room.seq) return;
    this.#room = room;
    this.#tell("room", room);
  }

  /** Fetch what changed since the last number; whether the server answered. */
  async #resync(withinMs) {
    if (!this.#joined || !this.#signalling.connected) return false;
    try {
      this.#take(await this.#signalling.call("resync", { since: Math.max(0, this.#room.seq) }, withinMs));
    } catch (problem) {
      if (problem.code === "no_answer") this.#signalling.renew(); // it is dead and does not know it
      return problem.code !== "no_answer" && problem.code !== "cut";
    }
    return true;
  }

  /** Whether the server can be reached just now; when not, that is mended at once. */
  #reach() {
    if (!this.#signalling.connected) this.#signalling.hurry();
    this.#reaching ??= this.#resync(REACH_WITHIN_MS).finally(() => (this.#reaching = null));
    return this.#reaching;
  }

  /** The network or the computer may have come back. */
  async #wake() {
    if (!this.#over && (await this.#reach())) this.#listenForMedia();
  }

  #listenForMedia() {
    for (const mender of this.#menders) mender.listen();
  }

  #cut() {
    this.#joined = false;
    if (!this.#over) this.#say("line", "网络断开,正在重新连接。声音和画面可能还在。");
  }

  // Media

  /** Let media flow; one attempt at a time, and another when something changed meanwhile. */
  #enter() {
    this.#enterAgain = true;
    this.#entering ??= this.#enterUntilDone().finally(() => (this.#entering = null));
    return this.#entering;
  }

  async #enterUntilDone() {
    while (this.#enterAgain && this.#joined) {
      this.#enterAgain = false;
      try {
        await this.#enterOnce();
        this.#say("media", "");
      } catch (problem) {
        if (this.#over) return;
        if (problem.code === "cut") continue; // entered again by joining, which may be under way
        if (problem.code === "seat_replaced") this.#finish("replaced", problem.message);
        else {
          this.#say("media", problem.message);
          this.#later("enter", () => this.#enter());
        }
        return;
      }
    }
  }

  async #enterOnce() {
    if (this.#fresh) this.#subscriber.reset();
    const restart = this.#restart || this.#subscriber.broken;
    const entered = await this.#signalling.call("enter", { restart, video: videoCodecs() });
    if (restart) this.#restart = false;
    if (!entered.resumed || !entered.sending || this.#fresh || this.#publisher.broken) {
      if (this.may("publish")) {
        for (const source of ["microphone", "camera"]) {
          await this.#publisher.send(source, this.#media.track(source)).catch(() => {});
        }
        await this.#publisher.restart();
      }
      this.#fresh = false;
    }
  }

  #startAfresh() {
    this.#fresh = true;
    return this.#enter();
  }

  async #sourceChanged(source) {
    if (this.may("publish") && this.#joined) {
      try {
        await this.#publisher.send(source, this.#media.track(source));
      } catch (problem) {
        this.#mend(problem);
      }
    }
    await this.sayState();
  }

  #heal(state) {
    if (state === "connected") this.#say("media", "");
  }

  /** The node has given a connection up: it knows first when only my way to it is broken. */
  #nodeSays({ side, state }) {
    if (state === "closed") this.#later(side, () => this.#renew(side));
  }

  async #renew(side) {
    if (this.#over || !this.#joined) return;
    this.#say("media", "视频线路不稳,正在重新接通。");
    if (side === "publish") await this.#publisher.restart().catch((problem) => this.#mend(problem));
    else {
      this.#restart = true;
      await this.#enter();
    }
  }

  #mend(problem) {
    if (ASTRAY.has(problem.code)) this.#startAfresh();
    else if (problem.code === "stale_session" || problem.code === "seat_replaced") {
      this.#finish("replaced", problem.message);
    } else if (problem.code !== "cut") {
      this.#say("media", problem.message);
      this.#later("enter", () => this.#startAfresh());
    }
  }

  // The end

  #finish(code, message) {
    if (this.#over) return;
    this.#end();
    this.#tell("over", { code, message });
  }

  #end() {
    this.#over = true;
    this.#joined = false;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const mender of this.#menders) mender.stop();
    this.#stopWaking();
    this.#relays.close();
    this.#publisher.close();
    this.#subscriber.reset();
    setTimeout(() => this.#signalling.close(), 150); // let the goodbye out
  }

  #later(name, act) {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(name, setTimeout(() => !this.#over && act(), AGAIN_MS));
  }

  #say(topic, words) {
    this.#tell("word", { topic, words });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
