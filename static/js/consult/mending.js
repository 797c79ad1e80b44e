/* Looks after one peer connection and has it made anew when it is broken.

   Never while the server is out of reach: what is broken then may heal by itself as soon as the
   network is back, and a connection made anew without an answer would not. */

const LOOK_MS = 500;
const AGAIN_MS = 5000;
const RENEW_WITHIN_MS = 15_000;
const SILENCE_MS = 2500; // the node reports to who sends every second, and an old PC may stumble
const STEP_MS = 250;
const PATIENCE_MS = { new: 3000, connecting: 8000, disconnected: 1500, failed: 0, closed: 0 };

const pause = (ms) => new Promise((go) => setTimeout(go, ms));

async function received(peer) {
  let sum = 0;
  for (const entry of (await peer.getStats()).values()) {
    if (entry.type === "transport") sum += entry.packetsReceived ?? entry.bytesReceived ?? 0;
    else if (entry.type === "candidate-pair") sum += entry.responsesReceived ?? 0;
  }
  return sum;
}

export class Mender {
  #peer;
  #reachable;
  #renew;
  #last = null;
  #wellAt = 0;
  #notBefore = 0;
  #busy = false;
  #timer = 0;

  /** `peer()` is the connection or null, `reachable()` asks the server, `renew()` makes it anew. */
  constructor({ peer, reachable, renew }) {
    this.#peer = peer;
    this.#reachable = reachable;
    this.#renew = renew;
  }

  start() {
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
  }

  /** Something happened to the network: a connection on which nothing arrives is given up at once. */
  async listen() {
    const peer = this.#peer();
    if (!peer || peer.connectionState !== "connected") return this.#look();
    let least = await received(peer);
    for (let waited = 0; waited < SILENCE_MS; waited += STEP_MS) {
      await pause(STEP_MS);
      const now = await received(peer);
      if (this.#peer() !== peer || now > least) return;
      least = now; // a path that is gone takes its counters along
    }
    await this.#mend(peer);
  }

  async #look() {
    const peer = this.#peer();
    const now = performance.now();
    if (!peer || peer.connectionState === "connected") this.#wellAt = now;
    if (peer !== this.#last) [this.#last, this.#wellAt] = [peer, now];
    if (peer && now - this.#wellAt >= (PATIENCE_MS[peer.connectionState] ?? Infinity)) await this.#mend(peer);
  }

  async #mend(peer) {
    if (this.#busy || !this.#timer || performance.now() < this.#notBefore) return;
    this.#busy = true;
    try {
      if (!(await this.#reachable()) || this.#peer() !== peer || !this.#timer) return;
      this.#notBefore = performance.now() + AGAIN_MS;
      await Promise.race([this.#renew(), pause(RENEW_WITHIN_MS)]);
    } finally {
      this.#busy = false;
    }
  }
}
