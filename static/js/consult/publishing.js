/* What I send: one peer connection that only sends, microphone, camera and perhaps a screen. */

const LIMITS = {
  camera: { maxBitrate: 800_000, maxFramerate: 25 },
  screen: { maxBitrate: 1_500_000, maxFramerate: 10 },
};
// Smallest first, so that a slow line keeps it; browsers send two sizes from 480×270 on.
const SIZES = [
  { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 85_000, maxFramerate: 15, scalabilityMode: "L1T1" },
  { rid: "f", scaleResolutionDownBy: 1, maxBitrate: 800_000, maxFramerate: 25, scalabilityMode: "L1T1" },
];
const SMALLEST_PIXELS = 480 * 270;

/** A camera in two sizes, so that each receiver gets what its own line can take. */
function encodingsOf(source, track) {
  if (source !== "camera") return {};
  const { width = 0, height = 0 } = track.getSettings();
  return width * height >= SMALLEST_PIXELS ? { sendEncodings: SIZES } : {};
}

/** Opus that survives loss (FEC) and is silent when I am (DTX): the answer decides. */
export function withResilientOpus(sdp) {
  const payload = /a=rtpmap:(\d+) opus\//i.exec(sdp)?.[1];
  if (!payload) return sdp;
  const line = new RegExp(`a=fmtp:${payload} ([^\\r\\n]*)`);
  const wanted = "useinbandfec=1;usedtx=1";
  if (!line.test(sdp)) {
    return sdp.replace(new RegExp(`(a=rtpmap:${payload} [^\\r\\n]*)`), `$1\r\na=fmtp:${payload} ${wanted}`);
  }
  return sdp.replace(line, (_, given) => {
    const kept = given.split(";").filter((part) => !/^(useinbandfec|usedtx)=/.test(part.trim()));
    return `a=fmtp:${payload} ${[...kept, wanted].filter(Boolean).join(";")}`;
  });
}

/** Events: `state` (detail: the connection's state). */
export class Publisher extends EventTarget {
  #signalling;
  #iceServers;
  #peer = null;
  #lines = new Map();
  #tracks = new Map();
  #turn = Promise.resolve();
  #dropped = Promise.resolve(); // what waits for a closed connection would wait for ever
  #letGo = () => {};

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

  /** Send this track as microphone, camera or screen from now on; null stops sending it. */
  async send(source, track) {
    this.#tracks.set(source, track);
    if (!this.#peer) return;
    const line = this.#lines.get(source);
    if (line && (track || source !== "screen")) {
      const reopened = line.direction !== "sendonly";
      line.direction = "sendonly";
      await this.#whileOpen(line.sender.replaceTrack(track));
      if (reopened) await this.#negotiate();
    } else if (line) {
      await this.#whileOpen(line.sender.replaceTrack(null));
      line.direction = "inactive";
      await this.#negotiate();
    } else if (track) {
      this.#open(source, track);
      await this.#negotiate();
    }
    await this.#whileOpen(this.#limit());
  }

  /** Begin, or begin again after the room moved or the line failed. */
  async restart() {
    this.#drop();
    this.#dropped = new Promise((go) => (this.#letGo = go));
    const peer = new RTCPeerConnection({ iceServers: this.#iceServers, bundlePolicy: "max-bundle" });
    this.#peer = peer;
    peer.addEventListener("connectionstatechange", () => {
      if (this.#peer === peer) {
        this.dispatchEvent(new CustomEvent("state", { detail: peer.connectionState }));
      }
    });
    for (const [source, track] of this.#tracks) if (track) this.#open(source, track);
    await this.#negotiate();
    await this.#whileOpen(this.#limit());
  }

  /** The same connection, new terms (the room changed its codec). */
  renegotiate() {
    return this.#negotiate();
  }

  close() {
    this.#drop();
    this.#tracks.clear();
  }

  /** The work, or until the connection is dropped. */
  #whileOpen(work) {
    return Promise.race([work, this.#dropped]);
  }

  #drop() {
    this.#letGo();
    this.#peer?.close();
    this.#peer = null;
    this.#lines.clear();
  }

  #open(source, track) {
    const options = { direction: "sendonly", ...encodingsOf(source, track) };
    this.#lines.set(source, this.#peer.addTransceiver(track, options));
  }

  #negotiate() {
    const next = this.#turn.then(() => this.#whileOpen(this.#exchange()));
    this.#turn = next.catch(() => {});
    return next;
  }

  async #exchange() {
    const peer = this.#peer;
    if (!peer || this.#lines.size === 0) return;
    await peer.setLocalDescription(await peer.createOffer());
    if (this.#peer !== peer) return;
    const sources = {};
    for (const [source, line] of this.#lines) {
      if (line.mid && line.direction === "sendonly") sources[line.mid] = source;
    }
    const answer = await this.#signalling.call("publish", { sdp: peer.localDescription.sdp, sources });
    if (this.#peer !== peer) return;
    await peer.setRemoteDescription({ type: "answer", sdp: withResilientOpus(answer.sdp) });
  }

  async #limit() {
    for (const [source, limits] of Object.entries(LIMITS)) {
      const sender = this.#lines.get(source)?.sender;
      const parameters = sender?.getParameters();
      if (parameters?.encodings?.length !== 1) continue; // several sizes limit themselves
      Object.assign(parameters.encodings[0], limits);
      await sender.setParameters(parameters).catch(() => {}); // closed meanwhile
    }
  }
}
