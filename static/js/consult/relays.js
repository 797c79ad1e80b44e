/* Relays (TURN) let people in whose network stops everything else. Their credentials live for
   minutes, so they are asked for again in time: a connection made late in a call needs fresh ones.
   Connections that run keep theirs; the relay asks for them only once. */

const SHARE = 0.6; // of their life after which new ones are asked for
const AGAIN_MS = 15_000;

export class Relays {
  #ask;
  #use;
  #timer = 0;

  /** `ask()` resolves to the server's offer; `use(servers)` gets them for connections to come. */
  constructor(ask, use) {
    this.#ask = ask;
    this.#use = use;
  }

  /** Take what the server offered just now, and see to the next one. */
  take({ ice_servers: servers = [], ice_lifetime_s: seconds = 0 }) {
    this.#use(servers);
    clearTimeout(this.#timer);
    if (servers.length && seconds) this.#later(seconds * 1000 * SHARE);
  }

  close() {
    clearTimeout(this.#timer);
  }

  #later(ms) {
    this.#timer = setTimeout(() => this.#renew(), ms);
  }

  async #renew() {
    try {
      this.take(await this.#ask());
    } catch {
      this.#later(AGAIN_MS); // cut off: joining again brings new ones too
    }
  }
}
