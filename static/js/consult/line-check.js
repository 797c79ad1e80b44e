/* The line, measured for real: this browser sends a picture through a media node to itself. */
import { Publisher } from "./publishing.js";
import { fetchTicket, Signalling } from "./signalling.js";
import { Subscriber } from "./subscribing.js";
import { newSession } from "./session.js";

const MEASURE_MS = 4000;
const CONNECT_MS = 10_000;

const WORDS = {
  good: "网络良好,可以视频。",
  fair: "网络可以,画面可能偶尔模糊。",
  poor: "网络比较慢,建议只用语音,或靠近路由器再试。",
  none: "连不上视频服务器。可以先进会诊室用文字沟通,或请管理员检查网络。",
};

/** Measure; answers {level: good|fair|poor|none, words, rttMs, kbps, lossPercent, relayed}. */
export async function checkLine() {
  const loop = new Loop();
  try {
    return describe(await loop.measure());
  } catch {
    return { level: "none", words: WORDS.none };
  } finally {
    loop.close();
  }
}

function describe(found) {
  const { rttMs, kbps, lossPercent } = found;
  let level = "good";
  if (rttMs > 250 || kbps < 300 || lossPercent > 3) level = "fair";
  if (rttMs > 600 || kbps < 120 || lossPercent > 10) level = "poor";
  const way = found.relayed ? "(经中继)" : "";
  return { ...found, level, words: `${WORDS[level]}来回 ${rttMs} 毫秒${way},每秒 ${kbps} 千比特。` };
}

class Loop {
  #ends = [];
  #painter = 0;
  #publisher;
  #subscriber;
  #track;

  async measure() {
    const tickets = await fetchTicket("/line-check/tickets");
    const receiver = await this.#end(tickets.receiver);
    this.#subscriber = new Subscriber(receiver);
    receiver.addEventListener("offer", ({ detail }) => this.#subscriber.take(detail));
    const joined = await receiver.call("join");
    this.#subscriber.iceServers = joined.ice_servers;
    await receiver.call("enter");
    const sender = await this.#end(tickets.sender);
    this.#publisher = new Publisher(sender);
    this.#publisher.iceServers = (await sender.call("join")).ice_servers;
    await sender.call("enter");
    this.#track = this.#picture();
    await this.#publisher.send("camera", this.#track);
    await this.#publisher.restart();
    await this.#arrived();
    return this.#read();
  }

  close() {
    clearInterval(this.#painter);
    this.#track?.stop();
    this.#publisher?.close();
    this.#subscriber?.reset();
    for (const end of this.#ends) {
      end.say("leave");
      setTimeout(() => end.close(), 200);
    }
  }

  #end(ticket) {
    const end = new Signalling(() => Promise.resolve(ticket), newSession());
    this.#ends.push(end);
    return new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error("no connection")), CONNECT_MS);
      end.addEventListener("connected", () => resolve(end), { once: true });
      end.addEventListener("refused", ({ detail }) => reject(detail), { once: true });
      end.connect();
    });
  }

  /** Noise that is hard to compress, so that the line has something to carry. */
  #picture() {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [320, 240];
    const pen = canvas.getContext("2d");
    this.#painter = setInterval(() => {
      for (let spot = 0; spot < 300; spot += 1) {
        pen.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
        pen.fillRect(Math.random() * 320, Math.random() * 240, 16, 16);
      }
    }, 50);
    return canvas.captureStream(20).getVideoTracks()[0];
  }

  async #arrived() {
    const until = performance.now() + CONNECT_MS;
    while (performance.now() < until) {
      if ((await this.#received()).bytes > 0) return;
      await pause(150);
    }
    throw new Error("nothing arrived");
  }

  async #read() {
    const before = await this.#received();
    const began = performance.now();
    await pause(MEASURE_MS);
    const after = await this.#received();
    const packets = after.packets - before.packets;
    const lost = Math.max(0, after.lost - before.lost);
    const path = await this.#path();
    return {
      rttMs: Math.round((path.currentRoundTripTime ?? 0) * 1000),
      kbps: Math.round(((after.bytes - before.bytes) * 8) / (performance.now() - began)),
      lossPercent: Math.round((100 * lost) / Math.max(1, packets + lost)),
      relayed: path.relayed,
    };
  }

  async #received() {
    const sum = { bytes: 0, packets: 0, lost: 0 };
    for (const report of (await this.#subscriber.peer?.getStats())?.values() ?? []) {
      if (report.type !== "inbound-rtp") continue;
      sum.bytes += report.bytesReceived;
      sum.packets += report.packetsReceived;
      sum.lost += report.packetsLost;
    }
    return sum;
  }

  async #path() {
    const stats = await this.#publisher.peer.getStats();
    const reports = [...stats.values()];
    const transport = reports.find(({ type }) => type === "transport");
    const pair = stats.get(transport?.selectedCandidatePairId) ?? {};
    const relayed = stats.get(pair.localCandidateId)?.candidateType === "relay";
    return { currentRoundTripTime: pair.currentRoundTripTime, relayed };
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
