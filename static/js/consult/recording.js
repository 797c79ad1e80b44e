/* Recording: everybody is asked, everybody sees it, anybody stops it. */

export class RecordingView extends EventTarget {
  #mark;
  #ask;
  #button;
  #announcer;
  #state = { state: "off" };
  #timer = 0;

  /** Event `act` (detail: ask, agree, refuse or stop). */
  constructor(root) {
    super();
    this.#mark = root.querySelector("[data-room-recording]");
    this.#ask = root.querySelector("[data-room-ask]");
    this.#button = root.querySelector("[data-testid=toggle-recording]");
    this.#announcer = root.querySelector("[data-room-announce]");
    this.#ask.querySelector("[data-room-agree]").addEventListener("click", () => this.#act("agree"));
    this.#ask.querySelector("[data-room-refuse]").addEventListener("click", () => this.#act("refuse"));
    this.#button.addEventListener("click", () => this.#act(this.#state.state === "off" ? "ask" : "stop"));
  }

  show(recording, people, { seat, mayAsk }) {
    const before = this.#state.state;
    this.#state = recording;
    const off = recording.state === "off";
    this.#button.dataset.state = off ? "off" : "on";
    this.#button.hidden = off && !mayAsk;
    this.#showMark();
    this.#showQuestion(people, seat);
    if (before !== recording.state) this.#announce(recording, before);
  }

  stop() {
    clearInterval(this.#timer);
  }

  #act(action) {
    this.dispatchEvent(new CustomEvent("act", { detail: action }));
  }

  #showMark() {
    clearInterval(this.#timer);
    const { state } = this.#state;
    this.#mark.hidden = state !== "on" && state !== "paused";
    if (state === "paused") this.#mark.textContent = "录制暂停";
    if (state !== "on") return;
    this.#tick();
    this.#timer = setInterval(() => this.#tick(), 1000);
  }

  #tick() {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(this.#state.since)) / 1000));
    const two = (number) => String(number).padStart(2, "0");
    this.#mark.textContent = `正在录制 ${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  }

  #showQuestion(people, seat) {
    const { state, asked_by: asker, waiting_for: waiting = [] } = this.#state;
    const open = state === "asked" || state === "paused";
    this.#ask.hidden = !open;
    if (!open) return;
    const mine = waiting.includes(seat);
    for (const name of ["agree", "refuse"]) {
      this.#ask.querySelector(`[data-room-${name}]`).hidden = !mine;
    }
    const names = people.filter((person) => waiting.includes(person.seat)).map(({ name }) => name);
    const text = this.#ask.querySelector("[data-slot=text]");
    const words = mine ? question(state, asker) : `正在等 ${names.join("、")} 同意录制,同意后才会${state === "paused" ? "继续" : "开始"}。`;
    if (text.textContent !== words) text.textContent = words;
  }

  #announce(recording, before) {
    if (recording.state === "on") this.#say("开始录制,所有人都能看到红色标记。");
    else if (recording.state === "paused") this.#say("有人刚进来,录制已暂停,等他同意。");
    else if (recording.state === "off" && before !== "off") this.#say(recording.note);
  }

  #say(words) {
    this.#announcer.textContent = words;
    this.dispatchEvent(new CustomEvent("note", { detail: words }));
  }
}

function question(state, asker) {
  if (state === "paused") return "这次会诊正在录制,您同意后才会录到您。您进来时录制已暂停。";
  return `${asker} 想录制这次会诊。大家都同意才会开始,谁都可以随时停止。`;
}
