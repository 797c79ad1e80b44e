// Saying instead of typing: hold the button, or tap, speak, tap. The recorder is the house's own
// (js/chat/voice-composer.js); its place and its words are those of a phone.

import { VoiceComposer } from "../js/chat/voice-composer.js";
import { h, icon } from "./dom.js";

const REFUSALS = {
  NotAllowedError: "麦克风没有打开。没关系,可以打字、发照片。想说话:到手机“设置”里找“微信”,打开“麦克风”,再点“重录”。",
  NotFoundError: "没有找到麦克风。没关系,可以打字、发照片。",
  NotReadableError: "麦克风正被别的软件占着(比如在通话)。等它结束了,再点“重录”。",
};

const button = (mark, words, name, kind = "") =>
  h("button", { type: "button", class: `button${kind}`, [`data-voice-${mark}`]: true, "data-testid": `voice-${mark}` }, name && icon(name), words);

/** What stands where the composer was, while one speaks. `begin` wires it up. */
export function voicePanel() {
  const element = h(
    "section",
    { class: "voice", hidden: true, "data-chat-voice": true, "data-state": "recording", "data-testid": "voice-recorder", "aria-label": "录语音" },
    h("p", { class: "voice__word", role: "status", "data-voice-word": true }),
    h("div", { class: "voice__meter" }, h("div", { class: "voice__level", "aria-hidden": "true", "data-voice-level": true }), h("span", { class: "voice__clock", role: "timer", "aria-live": "off", "data-voice-clock": true, "data-testid": "voice-clock" }, "0:00")),
    h("div", { class: "voice__note", "data-voice-note": true }),
    h(
      "div",
      { class: "voice__acts voice__acts--recording" },
      button("drop", "取消"),
      h("button", { type: "button", class: "voice__stop", "data-voice-stop": true, "data-testid": "voice-stop" }, h("span", { class: "voice__square", "aria-hidden": "true" }), h("span", {}, "说完了")),
    ),
    h("div", { class: "voice__acts voice__acts--review" }, button("drop", "不发了"), button("again", "重录", "refresh"), button("send", "发送", "send", " button--primary")),
  );
  return { element, begin: (root, signal, said) => begin(element, root, signal, said) };
}

function begin(element, root, signal, said) {
  const voice = new VoiceComposer(root, { refusals: REFUSALS });
  voice.addEventListener("send", ({ detail }) => said(detail));
  // a telephone call, another app: what was said until then stays to be heard and sent
  document.addEventListener("visibilitychange", () => document.hidden && voice.finish(), { signal });
  signal.addEventListener("abort", () => voice.close());
  return voice;
}
