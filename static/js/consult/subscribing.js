/* What I receive: the node offers, one line for each track of each other, and I answer. */

/** Events: `tracks` (detail: [{seat, source, kind, track, receiver}]), `begun` (a new connection),
    `state`, `astray`. */
export class Subscriber extends EventTarget {
  #signalling;
  #iceServers;
  #peer = null;
  #key = "";
  #turn = Promise.resolve();
  #dropped = Promise.resolve(); // what waits for a closed connection would wait for ever
  #letGo = () => {};
  #soundOnly = false;
  #last = [];

  constructor(signalling) {
    super();
    this.#signalling = signalling;
  }

  set iceServers(servers) {
    this.#iceServers = servers;
  }

  get peer() {
    return this.#peer;
  }

  /** Whether there is a connection that carries nothing and is not about to. */
  get broken() {
    return Boolean(this.#peer) && !["connected", "connecting"].includes(this.#peer.connectionState);
  }

  /** Leave pictures out of the next connection; it is made when the room enters again. */
  set soundOnly(wanted) {
    this.#soundOnly = wanted;
  }

  /** An offer of the node; one after the other. */
  take(offer) {
    this.#turn = this.#turn.then(() => this.#answer(offer)).catch((problem) => this.#failed(problem));
  }

  /** Forget the connection: what comes next is from another life of the room. */
  reset() {
    this.#letGo();
    this.#peer?.close();
    this.#peer = null;
    this.#key = "";
    this.#show([]);
  }

  async #answer(offer) {
    const key = `${offer.placement}/${offer.connection}`;
    if (!this.#peer || key !== this.#key) this.#begin(key);
    await Promise.race([this.#agree(offer, this.#peer), this.#dropped]);
  }

  async #agree(offer, peer) {
    await peer.setRemoteDescription({ type: "offer", sdp: offer.sdp });
    const lines = new Map(peer.getTransceivers().map((line) => [line.mid, line]));
    if (this.#soundOnly) {
      for (const { mid, kind } of offer.tracks) if (kind === "video") lines.get(mid).direction = "inactive";
    }
    await peer.setLocalDescription(await peer.createAnswer());
    if (this.#peer !== peer) return;
    this.#show(
      offer.tracks
        .filter(({ mid, kind }) => lines.has(mid) && !(this.#soundOnly && kind === "video"))
        .map(({ mid, seat, source, kind }) => {
          const receiver = lines.get(mid).receiver;
          return { seat, source, kind, track: receiver.track, receiver };
        }),
    );
    await this.#signalling.call("answer", {
      revision: offer.revision,
      sdp: peer.localDescription.sdp,
    });
  }

  #begin(key) {
    this.#letGo();
    this.#dropped = new Promise((go) => (this.#letGo = go));
    this.#peer?.close();
    this.#key = key;
    this.dispatchEvent(new Event("begun"));
    const peer = new RTCPeerConnection({ iceServers: this.#iceServers, bundlePolicy: "max-bundle" });
    this.#peer = peer;
    peer.addEventListener("connectionstatechange", () => {
      if (this.#peer === peer) {
        this.dispatchEvent(new CustomEvent("state", { detail: peer.connectionState }));
      }
    });
  }

  #show(tracks) {
    this.#last = tracks;
    this.dispatchEvent(new CustomEvent("tracks", { detail: tracks }));
  }

  get tracks() {
    return this.#last;
  }

  #failed(problem) {
    if (problem.code === "stale_revision" || problem.code === "cut") return; // offered again
    this.dispatchEvent(new CustomEvent("astray", { detail: problem }));
  }
}
