/* The line, measured for real: this browser sends a picture through a media node to itself.
   First it sends alone: what the node says it got is the way up. Then two receivers take the
   picture, so that twice as much comes down: what they got is the way down. A line that was filled
   loses packets for that reason alone, so there the loss is measured once more with less on it. */
import { describe } from "./line-words.js";
import { fetchTicket, Refusal, Signalling } from "./signalling.js";
import { Subscriber } from "./subscribing.js";
import { newSession } from "./session.js";

const SEND_KBPS = 1000;
const CONNECT_MS = 15_000;
const SETTLE_MS = 1000; // the browser finds out how fast it may send
const MEASURE_MS = 3000;
const LOOK_MS = 250;
const ENOUGH = 0.8; // of what is tried
const CALM = 0.4; // of what the line bears, while its own loss is measured
const CALM_LEAST_KBPS = 40;
const BEARS_LEAST_KBPS = 70;
const SPOTS = 300;
const CALM_SPOTS = 6;

/** One measurement. `run()` answers what `describe` in line-words.js makes of it. */
export class LineCheck {
  #ends = [];
  #receivers = [];
  #painter = 0;
  #spots = SPOTS;
  #sender = null;
  #peer = null;
  #line = null;
  #track = null;
  #reached = false;
  #over = false;

  async run() {
    try {
      return describe(await this.#measure());
    } catch (problem) {
      return describe({ state: this.#reached ? this.#reasonOf(problem) : "away" });
    } finally {
      this.cancel();
    }
  }

  /** Stop, so that the call itself has the line. */
  cancel() {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#painter);
    this.#track?.stop();
    this.#peer?.close();
    for (const receiver of this.#receivers) receiver.reset();
    for (const end of this.#ends) {
      end.say("leave");
      setTimeout(() => end.close(), 200);
    }
  }

  #reasonOf(problem) {
    return problem instanceof Refusal ? "unknown" : "none";
  }

  async #measure() {
    const tickets = await fetchTicket("/line-check/tickets");
    this.#reached = true;
    const [sender, ...receivers] = await Promise.all(
      [tickets.sender, ...tickets.receivers].map((ticket) => this.#end(ticket)),
    );
    this.#sender = sender;
    await this.#send();
    const straight = await this.#path();
    const up = await this.#upwards();
    await Promise.all(receivers.map((end) => this.#receive(end)));
    const down = await this.#downwards();
    const { rttMs, way } = await this.#path();
    if (!up.enough || !down.enough) await this.#calm(up, down);
    return { state: "measured", up, down, way, rttMs: Math.min(rttMs, straight.rttMs) };
  }

  // The two ends

  async #end(ticket) {
    const end = new Signalling(() => Promise.resolve(ticket), newSession());
    this.#ends.push(end);
    await new Promise((resolve, reject) => {
      setTimeout(() => reject(new Refusal()), CONNECT_MS);
      end.addEventListener("connected", resolve, { once: true });
      end.addEventListener("refused", ({ detail }) => reject(detail), { once: true });
      end.connect();
    });
    end.joined = await end.call("join");
    return end;
  }

  /** As a shared screen: one picture in one size, whatever the line. */
  async #send() {
    await this.#sender.call("enter");
    this.#track = this.#picture();
    const peer = new RTCPeerConnection({ iceServers: this.#sender.joined.ice_servers, bundlePolicy: "max-bundle" });
    this.#peer = peer;
    this.#line = peer.addTransceiver(this.#track, {
      direction: "sendonly",
      sendEncodings: [{ maxBitrate: SEND_KBPS * 1000 }],
    });
    await peer.setLocalDescription(await peer.createOffer());
    const offer = { sdp: peer.localDescription.sdp, sources: { [this.#line.mid]: "screen" } };
    const { sdp } = await this.#sender.call("publish", offer);
    await peer.setRemoteDescription({ type: "answer", sdp });
    await this.#until(() => peer.connectionState === "connected");
  }

  async #receive(end) {
    const receiver = new Subscriber(end);
    receiver.iceServers = end.joined.ice_servers;
    this.#receivers.push(receiver);
    end.addEventListener("offer", ({ detail }) => receiver.take(detail));
    await end.call("enter");
  }

  /** Noise that is hard to compress, so that the line has something to carry. */
  #picture() {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [480, 360];
    const pen = canvas.getContext("2d");
    this.#painter = setInterval(() => {
      for (let spot = 0; spot < this.#spots; spot += 1) {
        pen.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
        pen.fillRect(Math.random() * 480, Math.random() * 360, 16, 16);
      }
    }, 50);
    return canvas.captureStream(20).getVideoTracks()[0];
  }

  // What is read

  async #upwards() {
    await pause(SETTLE_MS);
    const [arrived, seen] = [await this.#arrived(), await this.#seen()];
    await pause(MEASURE_MS);
    const [later, now] = [await this.#arrived(), await this.#seen()];
    const kbps = ((later.bytes - arrived.bytes) * 8) / (later.at - arrived.at);
    return figure(kbps, lossOf(seen, now).up, SEND_KBPS);
  }

  async #downwards() {
    await this.#until(async () => (await this.#seen()).everybody);
    await pause(SETTLE_MS);
    const before = await this.#seen();
    await pause(MEASURE_MS);
    const after = await this.#seen();
    const kbps = ((after.received.bytes - before.received.bytes) * 8) / (after.at - before.at);
    return figure(kbps, lossOf(before, after).down, SEND_KBPS * this.#receivers.length);
  }

  /** The loss of a line that is not full. */
  async #calm(up, down) {
    const bears = Math.min(up.kbps, down.kbps / this.#receivers.length);
    up.loss = down.loss = null;
    if (bears < BEARS_LEAST_KBPS) return; // even the calm picture would fill it
    const parameters = this.#line.sender.getParameters();
    Object.assign(parameters.encodings[0], {
      maxBitrate: Math.max(CALM_LEAST_KBPS, bears * CALM) * 1000,
      scaleResolutionDownBy: 3,
    });
    this.#spots = CALM_SPOTS;
    await this.#line.sender.setParameters(parameters);
    await this.#drained();
    const before = await this.#seen();
    await pause(MEASURE_MS);
    const loss = lossOf(before, await this.#seen());
    up.loss = percent(loss.up);
    down.loss = percent(loss.down);
  }

  /** What was under way on the full line comes late, or is missed late. */
  async #drained() {
    let before = await this.#seen();
    for (let looks = 0; looks < 5; looks += 1) {
      await pause(SETTLE_MS);
      const now = await this.#seen();
      if (looks > 0 && now.received.lost === before.received.lost) return;
      before = now;
    }
  }

  async #arrived() {
    const asked = performance.now();
    const { bytes } = await this.#sender.call("arrived");
    return { bytes, at: (asked + performance.now()) / 2 };
  }

  async #seen() {
    const [sent, received] = [await this.#sent(), await this.#received()];
    return { sent, received, everybody: received.everybody, at: performance.now() };
  }

  async #sent() {
    const found = { packets: 0, again: 0, lost: 0 };
    for (const report of (await this.#peer.getStats()).values()) {
      if (report.type === "outbound-rtp") {
        found.packets += report.packetsSent;
        found.again += report.retransmittedPacketsSent ?? 0;
      }
      if (report.type === "remote-inbound-rtp") found.lost += report.packetsLost ?? 0;
    }
    return found;
  }

  async #received() {
    const sum = { bytes: 0, packets: 0, lost: 0, everybody: true };
    for (const { peer } of this.#receivers) {
      let came = 0;
      for (const report of (await peer?.getStats())?.values() ?? []) {
        if (report.type !== "inbound-rtp") continue;
        came += report.bytesReceived;
        sum.packets += report.packetsReceived;
        sum.lost += report.packetsLost;
      }
      sum.bytes += came;
      sum.everybody &&= came > 0;
    }
    return sum;
  }

  async #path() {
    const stats = await this.#peer.getStats();
    const transport = [...stats.values()].find(({ type }) => type === "transport");
    const nominated = [...stats.values()].find(({ type, nominated: yes }) => type === "candidate-pair" && yes);
    const pair = stats.get(transport?.selectedCandidatePairId) ?? nominated ?? {};
    const mine = stats.get(pair.localCandidateId) ?? {};
    const node = stats.get(pair.remoteCandidateId)?.address ?? "";
    const relay = mine.candidateType === "relay" ? (mine.relayProtocol ?? "udp") : "";
    return {
      rttMs: Math.round((pair.currentRoundTripTime ?? 0) * 1000),
      way: { relay, family: node.includes(":") ? 6 : 4 },
    };
  }

  async #until(true_) {
    const end = performance.now() + CONNECT_MS;
    while (!(await true_())) {
      if (this.#over || performance.now() > end) throw new Error("not within its time");
      await pause(LOOK_MS);
    }
  }
}

/** Shares lost between two looks. Up: what the node missed, or had sent again. Down: what the
    receivers missed, less what the node never got. */
function lossOf(before, after) {
  const grew = (side, name) => after[side][name] - before[side][name];
  const sent = grew("sent", "packets");
  const missed = share(grew("sent", "lost"), sent);
  const lost = grew("received", "lost");
  const down = share(lost, grew("received", "packets") + lost);
  return { up: Math.max(missed, share(grew("sent", "again"), sent)), down: Math.max(0, down - missed) };
}

const figure = (kbps, loss, tried) => ({
  kbps: Math.round(kbps),
  loss: percent(loss),
  enough: kbps >= tried * ENOUGH,
});
const percent = (part) => Math.round(part * 100);
const share = (part, whole) => (whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
