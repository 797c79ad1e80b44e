/* How good the lines are: bars on each tile, my own in words, and what is done when mine is bad. */

const EVERY_MS = 2000;
const REPORT_MS = 60_000;
const WORSE_AFTER_MS = 8_000;
const BETTER_AFTER_MS = 20_000;

const WORDS = ["没有连上", "网络很差", "网络不太好", "网络可以", "网络良好"];
const DONE = {
  1: "",
  2: "网络有点慢,已先保证声音,画面会模糊一些。",
  4: "网络很慢,已先保证声音,您的画面会更模糊。也可以点“只用语音”。",
};

/** Bars 1 (bad) to 4 (good). */
export function scoreOf({ rttMs = 0, lossPercent = 0 }) {
  if (rttMs > 800 || lossPercent > 12) return 1;
  if (rttMs > 400 || lossPercent > 5) return 2;
  if (rttMs > 200 || lossPercent > 2) return 3;
  return 4;
}

/** Event `word` (detail: a sentence, empty when all is well). */
export class Quality extends EventTarget {
  #shown;
  #tiles;
  #publisher;
  #subscriber;
  #signalling;
  #before = new Map();
  #levels = new Map();
  #timer = 0;
  #reportedAt = performance.now();
  #badSince = 0;
  #goodSince = 0;
  #thrift = 1;

  constructor({ shown, tiles, publisher, subscriber, signalling }) {
    super();
    this.#shown = shown;
    this.#tiles = tiles;
    this.#publisher = publisher;
    this.#subscriber = subscriber;
    this.#signalling = signalling;
  }

  start() {
    this.#timer = setInterval(() => this.#look().catch(() => {}), EVERY_MS); // closed meanwhile
  }

  stop() {
    clearInterval(this.#timer);
  }

  async #look() {
    const up = await this.#upwards();
    const down = await this.#downwards();
    const rttMs = Math.max(up.rttMs ?? 0, down.rttMs ?? 0);
    const lossPercent = Math.max(up.lossPercent ?? 0, down.lossPercent ?? 0);
    const connected = [this.#publisher.peer, this.#subscriber.peer].some(
      (peer) => peer?.connectionState === "connected",
    );
    const level = connected && this.#signalling.connected ? scoreOf({ rttMs, lossPercent }) : 0;
    this.#showMine(this.#calm("me", level));
    await this.#adapt(up);
    this.#report({ level, rttMs, lossPercent, upKbps: up.kbps, downKbps: down.kbps });
  }

  #showMine(level) {
    if (this.#shown.dataset.level === String(level)) return;
    this.#shown.dataset.level = String(level);
    this.#shown.querySelector(".quality__words").textContent = WORDS[level];
  }

  async #upwards() {
    const peer = this.#publisher.peer;
    if (peer?.connectionState !== "connected") return {};
    const found = { bytes: 0, lossPercent: 0, rttMs: 0 };
    for (const report of (await peer.getStats()).values()) {
      if (report.type === "outbound-rtp") found.bytes += report.bytesSent;
      if (report.type === "remote-inbound-rtp") {
        found.lossPercent = Math.max(found.lossPercent, (report.fractionLost ?? 0) * 100);
      }
      if (report.type === "candidate-pair" && report.nominated) {
        found.rttMs = Math.round((report.currentRoundTripTime ?? 0) * 1000);
      }
    }
    return { ...found, kbps: this.#rate("up", found.bytes) };
  }

  async #downwards() {
    const peer = this.#subscriber.peer;
    if (peer?.connectionState !== "connected") return {};
    const reports = [...(await peer.getStats()).values()];
    const seats = new Map(this.#subscriber.tracks.map(({ seat, track }) => [track.id, seat]));
    const lines = new Map();
    const sum = { bytes: 0, packets: 0, lost: 0 };
    for (const report of reports) {
      if (report.type !== "inbound-rtp") continue;
      const seat = seats.get(report.trackIdentifier) ?? "";
      const line = lines.get(seat) ?? { packets: 0, lost: 0 };
      line.packets += report.packetsReceived;
      line.lost += report.packetsLost;
      lines.set(seat, line);
      sum.bytes += report.bytesReceived;
      sum.packets += report.packetsReceived;
      sum.lost += report.packetsLost;
    }
    for (const [seat, line] of lines) this.#showTile(seat, line);
    const pair = reports.find(({ type, nominated }) => type === "candidate-pair" && nominated);
    return {
      rttMs: Math.round((pair?.currentRoundTripTime ?? 0) * 1000),
      lossPercent: this.#loss("down", sum),
      kbps: this.#rate("down", sum.bytes),
    };
  }

  #showTile(seat, line) {
    const arrived = this.#since(`${seat}/packets`, line.packets);
    const lossPercent = this.#loss(seat, line);
    this.#tiles.quality(seat, arrived > 0 ? this.#calm(seat, scoreOf({ lossPercent })) : 0);
  }

  /** The middle of the last three: one bad moment is no bad line. */
  #calm(key, level) {
    if (level === 0) {
      this.#levels.delete(key);
      return 0;
    }
    const last = [...(this.#levels.get(key) ?? []), level].slice(-3);
    this.#levels.set(key, last);
    if (last.length < 3) return Math.max(...last);
    return [...last].sort((a, b) => a - b)[1];
  }

  #since(key, value) {
    const before = this.#before.get(key) ?? value;
    this.#before.set(key, value);
    return Math.max(0, value - before);
  }

  #loss(key, { packets, lost }) {
    const gone = this.#since(`${key}/lost`, lost);
    const came = this.#since(`${key}/came`, packets);
    return (100 * gone) / Math.max(1, gone + came);
  }

  #rate(key, bytes) {
    return Math.round((this.#since(`${key}/bytes`, bytes) * 8) / EVERY_MS);
  }

  /** Voice first: a bad line gets a smaller picture, a good one gets it back after a while. */
  async #adapt(up) {
    if (up.kbps === undefined) return;
    const now = performance.now();
    const score = scoreOf(up);
    this.#badSince = score <= 2 ? this.#badSince || now : 0;
    this.#goodSince = score >= 4 ? this.#goodSince || now : 0;
    let thrift = this.#thrift;
    if (this.#badSince && now - this.#badSince > WORSE_AFTER_MS) thrift = Math.min(4, thrift * 2);
    if (this.#goodSince && now - this.#goodSince > BETTER_AFTER_MS) thrift = Math.max(1, thrift / 2);
    if (thrift === this.#thrift) return;
    this.#thrift = thrift;
    this.#badSince = 0;
    this.#goodSince = 0;
    await this.#publisher.setThrift(thrift);
    this.dispatchEvent(new CustomEvent("word", { detail: DONE[thrift] }));
  }

  #report({ level, rttMs, lossPercent, upKbps, downKbps }) {
    if (level === 0 || performance.now() - this.#reportedAt < REPORT_MS) return;
    this.#reportedAt = performance.now();
    this.#signalling.say("quality", {
      score: level,
      rtt_ms: rttMs,
      loss_percent: Math.min(100, Math.round(lossPercent * 10) / 10),
      up_kbps: upKbps ?? null,
      down_kbps: downKbps ?? null,
    });
  }
}
