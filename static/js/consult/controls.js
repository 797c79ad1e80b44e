/* The bottom bar: what is on, and what a click does. */
import { fillChoices } from "./devices.js";

/** Events: `microphone`, `camera`, `share`, `audio-only`, `leave`, `device` (detail: kind, id). */
export class Controls extends EventTarget {
  #root;

  constructor(root) {
    super();
    this.#root = root;
    const events = {
      "toggle-mic": "microphone",
      "toggle-camera": "camera",
      "share-screen": "share",
      "audio-only": "audio-only",
      leave: "leave",
    };
    for (const [testid, event] of Object.entries(events)) {
      this.#button(testid).addEventListener("click", () => this.dispatchEvent(new Event(event)));
    }
    this.#listenToPanel();
    this.#listenToDevices();
  }

  show({ microphone, camera, sharing, audioOnly, maySend, mayShare }) {
    const set = (testid, on) => (this.#button(testid).dataset.state = on ? "on" : "off");
    set("toggle-mic", microphone);
    set("toggle-camera", camera);
    set("share-screen", sharing);
    set("audio-only", audioOnly);
    for (const testid of ["toggle-mic", "toggle-camera"]) this.#button(testid).disabled = !maySend;
    this.#button("share-screen").disabled = !maySend || !mayShare;
  }

  /** The call is over: nothing to switch any more. */
  rest() {
    for (const button of this.#root.querySelectorAll(".room__bar button.control[data-testid]")) {
      button.disabled = true;
    }
  }

  #button(testid) {
    return this.#root.querySelector(`.room__bar [data-testid=${testid}]`);
  }

  #listenToPanel() {
    const toggle = this.#root.querySelector("[data-room-panel]");
    const show = () => {
      toggle.dataset.state = this.#root.dataset.panel === "open" ? "on" : "off";
      toggle.setAttribute("aria-expanded", String(this.#root.dataset.panel === "open"));
    };
    toggle.addEventListener("click", () => {
      this.#root.dataset.panel = this.#root.dataset.panel === "open" ? "closed" : "open";
      show();
    });
    show();
  }

  #listenToDevices() {
    const dialog = this.#root.querySelector("[data-room-devices-dialog]");
    this.#root.querySelector("[data-room-devices]").addEventListener("click", async () => {
      for (const field of dialog.querySelectorAll("[data-room-device]")) {
        await fillChoices(field, field.dataset.roomDevice);
        field.hidden = false;
      }
      dialog.showModal();
    });
    dialog.addEventListener("change", ({ target }) => {
      const { roomDevice: kind } = target.closest("[data-room-device]").dataset;
      this.dispatchEvent(new CustomEvent("device", { detail: { kind, id: target.value } }));
    });
  }
}
