/* What the browser's own counters (W3C webrtc-stats) say of the line since the last time.
   Here is only measured; how good that is, the server says (ITU-T G.107 and G.1070). */

const LONGEST_S = 120;
const ENOUGH_PACKETS = 20;
const share = (part, whole) => Math.min(1, Math.max(0, part / whole));
const known = (values) => values.filter((value) => Number.isFinite(value) && value >= 0);
const mean = (values) => {
  const told = known(values);
  return told.length ? told.reduce((a, b) => a + b) / told.length : null;
};
const round = (value, digits = 1) => (value === null ? null : Number(value.toFixed(digits)));
const live = (peer) => peer?.connectionState === "connected";

/** The chosen way of a connection: round trip, and through a relay or not. */
function way(reports) {
  const all = [...reports.values()];
  const chosen = all.find(({ type, selectedCandidatePairId }) => type === "transport" && selectedCandidatePairId);
  const pair = chosen
    ? reports.get(chosen.selectedCandidatePairId)
    : all.find(({ type, nominated, state }) => type === "candidate-pair" && nominated && state === "succeeded");
  if (!pair) return null;
  const mine = reports.get(pair.localCandidateId);
  const relayed = mine?.candidateType === "relay";
  const protocol = (relayed && mine.relayProtocol) || mine?.protocol;
  return {
    rttMs: Number.isFinite(pair.currentRoundTripTime) ? pair.currentRoundTripTime * 1000 : null,
    path: relayed ? "relayed" : "direct",
    protocol: ["udp", "tcp", "tls"].includes(protocol) ? protocol : null,
  };
}

export class Meter {
  #publisher;
  #subscriber;
  #before = new Map();
  #stopped = new Set();
  #since = performance.now();
  #looked = performance.now();
  #cutMs = 0;

  constructor(publisher, subscriber) {
    this.#publisher = publisher;
    this.#subscriber = subscriber;
  }

  /** Whether sound and picture have a way at all. */
  get connected() {
    return live(this.#publisher.peer) || live(this.#subscriber.peer);
  }

  /** Call every few seconds, also while nothing can be told. */
  look() {
    const now = performance.now();
    if (!this.connected) this.#cutMs += now - this.#looked;
    this.#looked = now;
  }

  /** The report since the last one. */
  async take() {
    const [up, down] = await Promise.all(
      [this.#publisher.peer, this.#subscriber.peer].map((peer) => (live(peer) ? peer.getStats() : new Map())),
    );
    const now = performance.now();
    const seconds = Math.min(LONGEST_S, (now - this.#since) / 1000);
    const cut = Math.min(seconds, this.#cutMs / 1000);
    this.#since = now;
    this.#cutMs = 0;
    const ways = [way(up), way(down)].filter(Boolean);
    const relayed = ways.find(({ path }) => path === "relayed") ?? ways[0];
    return {
      seconds: round(seconds, 2),
      cut_s: round(cut, 2),
      path: relayed?.path ?? null,
      protocol: relayed?.protocol ?? null,
      rtt_ms: round(mean(ways.map(({ rttMs }) => rttMs ?? NaN))),
      sent: this.#sent(up, seconds),
      heard: this.#heard(down, seconds),
      down_kbps: this.#received(down, seconds),
    };
  }

  /* A camera in layers (simulcast) is several outbound-rtp: their sum. Lost pictures are sent again,
     so loss is read off the voice, unless it is silent. */
  #sent(reports, seconds) {
    const all = [...reports.values()];
    const mine = all.filter(({ type }) => type === "outbound-rtp");
    if (mine.length === 0) return null;
    const told = all.filter(({ type }) => type === "remote-inbound-rtp");
    const [voice, rest] = ["audio", "video"].map((kind) => this.#passage(mine, told, kind));
    const both = { packets: voice.packets + rest.packets, lost: voice.lost + rest.lost };
    const { packets, lost } = voice.packets >= ENOUGH_PACKETS ? voice : both;
    const bytes = mine.map((one) => this.#gain(one, "bytesSent") + this.#gain(one, "headerBytesSent"));
    const pictures = mine.filter(({ kind, frameWidth }) => kind === "video" && frameWidth);
    const largest = pictures.sort((a, b) => b.frameWidth - a.frameWidth)[0];
    return {
      packets: Math.max(0, packets - lost),
      lost,
      kbps: Math.round((bytes.reduce((a, b) => a + b) * 8) / 1000 / seconds),
      jitter_ms: round(mean(told.map(({ jitter }) => jitter * 1000))),
      width: largest?.frameWidth ?? 0,
      height: largest?.frameHeight ?? 0,
      fps: largest?.framesPerSecond ?? 0,
      codec: this.#codec(reports, largest),
    };
  }

  /** How many packets of a kind left, and how many of them did not arrive. */
  #passage(mine, told, kind) {
    const sum = (reports, name) =>
      reports.filter((one) => one.kind === kind).reduce((all, one) => all + this.#gain(one, name), 0);
    return {
      packets: sum(mine, "packetsSent") - sum(mine, "retransmittedPacketsSent"),
      lost: sum(told, "packetsLost"),
    };
  }

  #heard(reports, seconds) {
    const inbound = new Map();
    for (const one of reports.values()) {
      if (one.type === "inbound-rtp") inbound.set(one.trackIdentifier, one);
    }
    const seats = new Map();
    for (const { seat, source, track } of this.#subscriber.tracks) {
      const report = inbound.get(track.id);
      if (!report || source === "screen") continue;
      const one = seats.get(seat) ?? { seat };
      if (source === "microphone") one.voice = this.#voice(report);
      else one.picture = this.#picture(reports, report, seconds);
      seats.set(seat, one);
    }
    return [...seats.values()];
  }

  #voice(report) {
    const gain = (name) => this.#gain(report, name);
    const samples = gain("totalSamplesReceived");
    const concealed = gain("concealedSamples") - gain("silentConcealedSamples");
    const [waited, emitted] = [gain("jitterBufferDelay"), gain("jitterBufferEmittedCount")];
    return {
      packets: gain("packetsReceived"),
      lost: gain("packetsLost"),
      jitter_ms: round(mean([report.jitter * 1000])),
      buffer_ms: emitted ? round(mean([(1000 * waited) / emitted])) : null,
      concealed: samples ? round(share(concealed, samples), 4) : null,
    };
  }

  /** Null while none is sent; the gap that ends when it comes back was no freeze. */
  #picture(reports, report, seconds) {
    const gain = (name) => this.#gain(report, name);
    const packets = gain("packetsReceived");
    const repaired = gain("retransmittedPacketsReceived");
    const lost = gain("packetsLost");
    const [freezes, frozen] = [gain("freezeCount"), gain("totalFreezesDuration")];
    const [bytes, frames] = [gain("bytesReceived"), gain("framesDecoded")];
    const resumed = this.#stopped.has(report.id);
    if (packets === 0) {
      this.#stopped.add(report.id);
      return null;
    }
    this.#stopped.delete(report.id);
    return {
      packets,
      lost: Math.max(0, lost - repaired),
      kbps: Math.round((bytes * 8) / 1000 / seconds),
      fps: round(frames / seconds),
      width: report.frameWidth ?? 0,
      height: report.frameHeight ?? 0,
      codec: this.#codec(reports, report),
      freezes: resumed ? 0 : freezes,
      frozen_s: resumed ? 0 : round(Math.min(LONGEST_S, frozen), 2),
    };
  }

  #received(reports, seconds) {
    const inbound = [...reports.values()].filter(({ type }) => type === "inbound-rtp");
    if (inbound.length === 0) return null;
    const bytes = inbound.reduce(
      (sum, one) => sum + this.#gain(one, "bytesReceived", "all") + this.#gain(one, "headerBytesReceived"),
      0,
    );
    return Math.round((bytes * 8) / 1000 / seconds);
  }

  #codec(reports, report) {
    const name = reports.get(report?.codecId)?.mimeType?.split("/")[1] ?? "";
    return /^[A-Za-z0-9-]{1,8}$/.test(name) ? name : "";
  }

  /** How much a counter rose. A new connection counts from nothing again. */
  #gain(report, name, who = "") {
    const value = report[name] ?? 0;
    const key = `${who}/${report.id}/${report.ssrc ?? ""}/${name}`;
    const before = this.#before.get(key) ?? 0;
    this.#before.set(key, value);
    return value < before && name !== "packetsLost" ? value : Math.max(0, value - before);
  }
}
