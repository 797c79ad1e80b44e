/* The pictures: one tile for each other person, one for each shared screen, and my own. */
import { useSpeaker } from "./devices.js";
import { wordOf } from "./pictures.js";

/** One tile made from the page's template. */
class Tile {
  #node;
  #stream = new MediaStream();
  #video;

  constructor(template, { seat, testid }) {
    this.#node = template.content.firstElementChild.cloneNode(true);
    this.#video = this.#node.querySelector("video");
    this.#video.dataset.testid = testid;
    this.#video.dataset.participant = seat;
    useSpeaker(this.#video);
  }

  get node() {
    return this.#node;
  }

  get video() {
    return this.#video;
  }

  get pin() {
    return this.#node.querySelector("[data-slot=pin]");
  }

  name({ name, organization, initial, tier }) {
    const say = (slot, text) => (this.#node.querySelector(`[data-slot=${slot}]`).textContent = text);
    say("name", name);
    say("name-again", name);
    say("organization", organization);
    say("initial", initial);
    const place = this.#node.querySelector("[data-slot=tier]");
    place.replaceChildren(...(tier ? [tier.cloneNode(true)] : []));
    this.#video.setAttribute("aria-label", `${name}的画面`);
  }

  show({ audio, video, state }) {
    this.#node.dataset.audio = audio ? "on" : "off";
    this.#node.dataset.video = video ? "on" : "off";
    this.#node.dataset.state = state;
  }

  /** Play exactly these tracks. */
  play(tracks) {
    for (const old of this.#stream.getTracks()) if (!tracks.includes(old)) this.#stream.removeTrack(old);
    for (const track of tracks) this.#stream.addTrack(track);
    if (tracks.length === 0) this.#video.srcObject = null;
    else if (this.#video.srcObject !== this.#stream) this.#video.srcObject = this.#stream;
    if (tracks.length) return this.#video.play().catch((problem) => problem.name);
    return Promise.resolve();
  }

  quality(level, words) {
    const bars = this.#node.querySelector(".quality");
    bars.dataset.level = level;
    bars.querySelector(".quality__words").textContent = words || "还没有声音和画面";
  }

  /** What is not shown in full; null when it is. */
  adapted(picture) {
    const words = picture ? wordOf(picture) : "";
    const place = this.#node.querySelector("[data-slot=picture]");
    place.hidden = words === "";
    place.textContent = words;
    this.#node.dataset.picture = picture?.shown ?? "full";
  }

  speaking(loud) {
    this.#node.classList.toggle("tile--speaking", loud);
  }
}

/** Keeps the grid as the room stands. Event `silenced`: the browser wants a click before sound. */
export class Tiles extends EventTarget {
  #grid;
  #watchers;
  #template;
  #self;
  #tiles = new Map();
  #screens = new Map();
  #tracks = [];
  #pictures = [];
  #pinned = "";

  constructor(root) {
    super();
    this.#grid = root.querySelector("[data-room-tiles]");
    this.#watchers = root.querySelector("[data-room-watchers]");
    this.#template = root.querySelector("[data-room-tile]");
    this.#self = this.#grid.querySelector(".tile--self");
    this.tierOf = (tier) => root.querySelector(`[data-room-tier="${tier}"]`)?.content ?? null;
  }

  /** Those who are here, without me. */
  show(people) {
    const seats = new Set(people.map(({ seat }) => seat));
    for (const [seat, tile] of this.#tiles) {
      if (seats.has(seat)) continue;
      tile.node.remove();
      this.#tiles.delete(seat);
    }
    for (const person of people) this.#showPerson(person);
    this.#playAll(people);
    this.#arrange();
  }

  /** What the node sends us just now. */
  receive(tracks, people) {
    this.#tracks = tracks;
    this.#playAll(people);
    this.#arrange();
  }

  /** Which pictures a slow line makes small or pauses just now. */
  adapt(pictures) {
    this.#pictures = pictures;
    for (const [seat, tile] of this.#tiles) this.#tell(tile, seat, "camera");
    for (const [seat, tile] of this.#screens) this.#tell(tile, seat, "screen");
  }

  #tell(tile, seat, source) {
    tile.adapted(this.#pictures.find((one) => one.seat === seat && one.source === source) ?? null);
  }

  showSelf({ audio, video, track, sends }) {
    this.#self.hidden = !sends;
    this.#self.dataset.audio = audio ? "on" : "off";
    this.#self.dataset.video = video ? "on" : "off";
    const picture = this.#self.querySelector("video");
    if ((picture.srcObject?.getTracks()[0] ?? null) !== track) {
      picture.srcObject = track ? new MediaStream([track]) : null;
    }
  }

  speaking(seat, loud) {
    if (seat === "self") this.#self.classList.toggle("tile--speaking", loud);
    else this.#tiles.get(seat)?.speaking(loud);
  }

  quality(seat, level, words) {
    this.#tiles.get(seat)?.quality(level, words);
  }

  /** All that makes sound or pictures, to try again after a click or on another loudspeaker. */
  get players() {
    return [...this.#tiles.values(), ...this.#screens.values()].map(({ video }) => video);
  }

  #showPerson(person) {
    let tile = this.#tiles.get(person.seat);
    if (!tile) {
      const place = person.part === "observer" ? this.#watchers : this.#grid;
      tile = this.#add(person.seat, "remote-video", place);
      this.#tiles.set(person.seat, tile);
      this.#tell(tile, person.seat, "camera");
    }
    const watching = person.part === "observer" ? " · 旁听" : "";
    tile.name({
      name: person.name,
      organization: `${person.organization}${watching}`,
      initial: person.name.slice(0, 1),
      tier: this.tierOf(person.tier),
    });
    tile.show(person);
  }

  #playAll(people) {
    const sharing = new Map();
    for (const person of people) {
      const mine = this.#tracks.filter(({ seat }) => seat === person.seat);
      const face = mine.filter(({ source }) => source !== "screen").map(({ track }) => track);
      this.#play(this.#tiles.get(person.seat), face);
      const screen = mine.find(({ source, kind }) => source === "screen" && kind === "video");
      if (screen && person.screen) sharing.set(person.seat, { person, track: screen.track });
    }
    for (const [seat, tile] of this.#screens) {
      if (sharing.has(seat)) continue;
      tile.node.remove();
      this.#screens.delete(seat);
    }
    for (const [seat, { person, track }] of sharing) this.#showScreen(seat, person, track);
  }

  #showScreen(seat, person, track) {
    let tile = this.#screens.get(seat);
    if (!tile) {
      tile = this.#add(`screen:${seat}`, "shared-screen");
      tile.video.dataset.participant = seat;
      tile.name({ name: `${person.name}的屏幕`, organization: "正在共享", initial: "屏" });
      tile.show({ audio: true, video: true, state: "here" });
      tile.node.querySelector(".quality").remove();
      this.#screens.set(seat, tile);
      this.#tell(tile, seat, "screen");
    }
    this.#play(tile, [track]);
  }

  async #play(tile, tracks) {
    if (!tile) return;
    if ((await tile.play(tracks)) === "NotAllowedError") this.dispatchEvent(new Event("silenced"));
  }

  #add(id, testid, place = this.#grid) {
    const tile = new Tile(this.#template, { seat: id, testid });
    tile.pin.addEventListener("click", () => {
      this.#pinned = this.#pinned === id ? "" : id;
      this.#arrange();
    });
    place.insertBefore(tile.node, place === this.#grid ? this.#self : null);
    return tile;
  }

  /** A shared screen is large, else the tile somebody chose, else all are alike. */
  #arrange() {
    const all = new Map([...this.#tiles].filter(([, { node }]) => node.parentNode === this.#grid));
    for (const [seat, tile] of this.#screens) all.set(`screen:${seat}`, tile);
    const [screen] = this.#screens.keys();
    const chosen = all.has(this.#pinned) ? this.#pinned : "";
    const main = chosen || (screen ? `screen:${screen}` : "");
    for (const [id, tile] of all) {
      tile.node.classList.toggle("tile--main", id === main);
      tile.pin.setAttribute("aria-pressed", String(id === chosen));
    }
    this.#grid.classList.toggle("tiles--focus", main !== "");
    this.#grid.dataset.count = main ? "focus" : String(Math.min(all.size, 6));
  }
}
