/* The page of a running call: shows what the call says and passes clicks on. */
import { Call } from "./call.js";
import { Controls } from "./controls.js";
import { Cover } from "./cover.js";
import { remember, useSpeaker } from "./devices.js";
import { People } from "./people.js";
import { sentenceOf } from "./pictures.js";
import { Quality } from "./quality.js";
import { RecordingView } from "./recording.js";
import { ScreenShare } from "./screen.js";
import { markInside } from "./session.js";
import { fetchTicket } from "./signalling.js";
import { Speaking } from "./speaking.js";
import { Tiles } from "./tiles.js";
import { WithoutMedia } from "./without-media.js";
import { Words } from "./words.js";

const NOTE_MS = 8000;

export class Stage {
  #root;
  #media;
  #call;
  #tiles;
  #people;
  #recording;
  #screen;
  #controls;
  #words;
  #cover;
  #speaking;
  #quality;
  #without;
  #audioOnly = false;
  #cameraBefore = true;
  #inside = false;

  /** `tickets()` resolves to `{ticket}`; without it the page's own address is asked. */
  constructor(root, media, tickets = () => fetchTicket(root.dataset.ticketUrl)) {
    this.#root = root;
    this.#media = media;
    this.#call = new Call(tickets, media);
    const { publisher, subscriber, signalling } = this.#call;
    this.#tiles = new Tiles(root);
    this.#people = new People(root, this.#tiles.tierOf);
    this.#recording = new RecordingView(root);
    this.#screen = new ScreenShare(publisher);
    this.#controls = new Controls(root);
    this.#words = new Words(root.querySelector("[data-room-word]"));
    this.#cover = new Cover(root);
    this.#speaking = new Speaking({ tiles: this.#tiles, media, subscriber });
    const shown = root.querySelector("[data-testid=connection-quality]");
    this.#quality = new Quality({ shown, tiles: this.#tiles, publisher, subscriber, signalling });
    this.#without = new WithoutMedia(root, this.#call);
  }

  start() {
    this.#root.hidden = false;
    this.#listenToCall();
    this.#listenToPage();
    this.#showMine();
    this.#call.start();
    this.#speaking.start();
    this.#quality.start();
    this.#without.start();
    markInside(this.#root.dataset.room, true);
    this.#root.querySelector("#main").focus();
  }

  get #others() {
    return this.#call.room.participants.filter(
      ({ seat, state }) => seat !== this.#call.seat && state !== "left",
    );
  }

  #listenToCall() {
    const on = (name, act) => this.#call.addEventListener(name, ({ detail }) => act(detail));
    on("room", (room) => this.#showRoom(room));
    on("tracks", (tracks) => this.#tiles.receive(tracks, this.#others));
    on("word", ({ topic, words }) => this.#words.say(topic, words));
    on("over", (end) => this.#showEnd(end));
    on("recordings", () => this.#fire("room:recordings"));
    on("adapted", (pictures) => this.#showAdapted(pictures));
    this.#without.addEventListener("change", ({ detail }) => this.#mediaChanged(detail));
    this.#recording.addEventListener("note", ({ detail }) =>
      this.#words.say("note", detail, { forMs: NOTE_MS }),
    );
    this.#recording.addEventListener("act", ({ detail }) => this.#try(() => this.#call.record(detail)));
    this.#tiles.addEventListener("silenced", () => this.#askForClick());
  }

  #listenToPage() {
    const on = (name, act) => this.#controls.addEventListener(name, (event) => act(event.detail));
    on("microphone", () => this.#toggle("microphone"));
    on("camera", () => this.#toggle("camera"));
    on("share", () => this.#try(() => (this.#screen.on ? this.#screen.stop() : this.#screen.start())));
    on("audio-only", () => this.#try(() => this.#toggleAudioOnly()));
    on("leave", () => this.#leave());
    on("device", (device) => this.#changeDevice(device));
    this.#media.addEventListener("change", () => this.#showMine());
    this.#screen.addEventListener("change", () => {
      this.#showMine();
      this.#words.say("share", this.#screen.on ? "您正在共享屏幕,大家都能看到。" : "");
      this.#call.sayState(this.#screen.on);
    });
    document.addEventListener("chat:microphone", ({ detail }) => {
      detail.track = this.#media.track("microphone")?.clone() ?? null;
    });
    window.addEventListener("pagehide", () => this.#call.leave());
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  // Showing

  #showRoom(room) {
    const inside = room.participants.filter(({ state }) => state !== "left");
    this.#people.show(inside, this.#call.seat);
    this.#tiles.show(this.#others);
    this.#recording.show(room.recording, inside, {
      seat: this.#call.seat,
      mayAsk: this.#call.may("record"),
    });
    this.#root.querySelector("[data-room-alone]").hidden = inside.length > 1;
    const first = !this.#inside;
    this.#inside = true;
    this.#showMine();
    if (first) {
      this.#root.dataset.seat = this.#call.seat;
      if (!this.#call.may("publish")) this.#media.close();
      else if (this.#mute) this.#without.bringChat();
      this.#fire("room:entered", { room: this.#root.dataset.room, seat: this.#call.seat });
    }
  }

  #showMine() {
    const audio = this.#media.isOn("microphone");
    const video = this.#media.isOn("camera");
    const sends = !this.#inside || this.#call.may("publish");
    this.#tiles.showSelf({ audio, video, sends, track: this.#media.track("camera") });
    this.#controls.show({
      microphone: audio,
      camera: video,
      sharing: this.#screen.on,
      audioOnly: this.#audioOnly,
      maySend: sends,
      mayShare: ScreenShare.possible,
    });
    this.#words.say("devices", this.#deviceWords());
  }

  /** The line decides what is shown; who chose voice only knows why there are no pictures. */
  #showAdapted(pictures) {
    this.#tiles.adapt(pictures);
    this.#words.say("pictures", sentenceOf(pictures, this.#call.seat));
  }

  #deviceWords() {
    if (this.#inside && !this.#call.may("publish")) return "您在旁听:能看能听,大家看得到您在场。";
    const problem = this.#media.problem("microphone") || this.#media.problem("camera");
    return this.#mute ? `${problem} 您能看能听;要说话请打字、发照片,或用电话联系。` : problem;
  }

  /** Neither seen nor heard by the others. */
  get #mute() {
    return Boolean(this.#media.problem("microphone") && this.#media.problem("camera"));
  }

  #mediaChanged(impossible) {
    for (const topic of ["media", "pictures"]) this.#words.mute(topic, impossible);
    const words = impossible ? "现在不能视频,请用文字、照片、语音消息或电话。" : "视频恢复了。";
    this.#root.querySelector("[data-room-announce]").textContent = words;
    if (!impossible && this.#inside) this.#words.say("note", words, { forMs: NOTE_MS });
  }

  get #away() {
    return [this.#root.dataset.leaveWords ?? "回到会诊单", this.#root.dataset.leaveUrl];
  }

  get #place() {
    return this.#root.dataset.place ?? "会诊室";
  }

  get #what() {
    return this.#root.dataset.what ?? "会诊";
  }

  #showEnd({ code, message }) {
    this.#close();
    const away = this.#away;
    const again = ["在这里继续", () => location.reload()];
    if (code === "replaced" || code === "seat_replaced") {
      markInside(this.#root.dataset.room, true);
      this.#cover.show("您在另一处进来了", message, [again, away]);
    } else if (code === "ended" || code === "room_ended") {
      this.#cover.show(`${this.#what}已结束`, message, [away]);
      this.#fire("room:ended");
    } else {
      this.#cover.show(`进不了${this.#place}`, message, [away, ["再试一次", () => location.reload()]]);
    }
  }

  // Acting

  async #toggle(source) {
    if (this.#audioOnly && source === "camera") await this.#toggleAudioOnly();
    else await this.#media.turn(source, !this.#media.isOn(source));
  }

  /** Voice only, both ways: for a line that carries no pictures. */
  async #toggleAudioOnly() {
    this.#audioOnly = !this.#audioOnly;
    if (this.#audioOnly) {
      this.#cameraBefore = this.#media.isOn("camera");
      await this.#media.turn("camera", false);
    } else if (this.#cameraBefore) await this.#media.turn("camera", true);
    this.#showMine();
    await this.#call.setSoundOnly(this.#audioOnly);
    this.#words.say("choice", this.#audioOnly ? "现在只用语音,画面已停,省下网络给声音。" : "");
  }

  async #changeDevice({ kind, id }) {
    if (kind !== "audiooutput") {
      await this.#media.open(kind === "videoinput" ? "camera" : "microphone", id);
      return;
    }
    remember({ audiooutput: id });
    for (const player of this.#tiles.players) await useSpeaker(player, id);
  }

  async #try(act) {
    try {
      await act();
    } catch (problem) {
      this.#words.say("note", problem.message, { forMs: NOTE_MS });
    }
  }

  /** The browser plays sound only after a click: one click anywhere is enough. */
  #askForClick() {
    this.#words.say("sound", "点一下页面任何地方,就能听到声音。");
    const play = () => {
      this.#words.say("sound", "");
      for (const player of this.#tiles.players) player.play().catch(() => {}); // removed meanwhile
    };
    document.addEventListener("pointerdown", play, { once: true });
    document.addEventListener("keydown", play, { once: true });
  }

  #leave() {
    this.#call.leave();
    this.#close();
    this.#fire("room:left");
    this.#cover.show(`您已离开${this.#place}`, "座位给您留着,随时可以回来。", [
      ["重新进入", () => this.#comeBack()],
      this.#away,
    ]);
  }

  #comeBack() {
    markInside(this.#root.dataset.room, true);
    location.reload();
  }

  #close() {
    markInside(this.#root.dataset.room, false);
    this.#screen.stop();
    this.#speaking.stop();
    this.#inside = false;
    this.#without.stop();
    this.#quality.stop();
    this.#recording.stop();
    this.#media.close();
    this.#tiles.show([]);
    this.#controls.rest();
  }

  #fire(name, detail = {}) {
    this.#root.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}
