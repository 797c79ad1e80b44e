// A third person in a visit, without an account: /h5/guest#LINK. What stands behind the # never reaches
// a log. The first phone that comes in owns the link, by a key that it makes up and keeps.

import { get, post, Refused } from "./api.js";
import { composer } from "./composer.js";
import { catchUp, conversation, dressed, log } from "./conversation.js";
import { h, icon } from "./dom.js";
import { lasting } from "./keep.js";
import { watchKeyboard } from "./keyboard.js";
import { keepAsking } from "./live.js";
import { actButton, linkButton, notice, sentenceOf } from "./parts.js";
import { restore } from "./unsent.js";

const OFTEN_MS = 2000;
const OVER = [401, 403, 404, 410];
const root = document.getElementById("phone");
const link = window.location.hash.slice(1);
let screen = new AbortController();

watchKeyboard();
window.addEventListener("hashchange", () => window.location.reload());
window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
start();

async function start() {
  const kept = lasting.read("guest");
  if (kept?.place && (!link || kept.link === link)) return inside(kept);
  if (!link) return end("请从收到的链接打开", "这个页面要从家人或医生发给您的链接打开。");
  return outside();
}

/** Before: who asks whom. Looking uses nothing up. */
async function outside() {
  const signal = fresh();
  try {
    const found = await post("/guest-links/look", { link }, { signal });
    if (found.over) return end("已经看完了", "这次看诊已经结束。");
    return draw("一起看医生", welcome(found, signal));
  } catch (problem) {
    return failed(problem, outside);
  }
}

function welcome(found, signal) {
  const come = actButton(`我是${found.name},进去`, enter, { kind: "primary", busy: "正在进去…" });
  const wait = h("div", {}, found.ready ? [] : notice("医生还没有开始。开始了这里会变,请等一会儿。", "waiting"));
  come.hidden = !found.ready;
  if (!found.ready) {
    keepAsking(
      async () => {
        const again = await post("/guest-links/look", { link }, { signal });
        if (!again.ready && !again.over) return true;
        outside();
        return false;
      },
      { every: 3000, signal },
    );
  }
  return {
    body: [
      h(
        "section",
        { class: "card" },
        h("p", {}, h("b", {}, found.name), `,您好。${found.invited_by}请您(${found.relation},${found.part_name})一起看医生。`),
        h("p", {}, `病人:${found.patient_name} · 医生:${found.doctor}`),
        h("p", { class: "soft" }, found.organization_name),
      ),
      notice("您能听、能说、能打字、发照片。看不到病历。听到的请不要对别人说,不要录音录像。"),
      wait,
    ],
    foot: come,
  };
}

async function enter() {
  const key = lasting.read("guest-key") ?? newKey();
  lasting.write("guest-key", key); // before the call: a lost answer costs nothing
  const found = await post("/guest-links/opening", { link, key });
  const kept = { link, place: found.place };
  lasting.write("guest", kept);
  await inside(kept);
}

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** With them: what is said, the way to the video, and the way out. */
async function inside(kept) {
  const signal = fresh();
  const options = { place: kept.place };
  try {
    const [found] = await Promise.all([get("/guest-visit", { ...options, signal, again: true }), dressed()]);
    if (found.over) return end("已经看完了", "这次看诊已经结束。谢谢您陪同。");
    if (!found.here) return draw("您离开了", left(found));
    const talk = conversation("/guest-visit", { signal, ...options });
    draw(`和${found.doctor}`, together(found, talk, kept));
    restore(talk);
    return watch(found, talk, kept, signal);
  } catch (problem) {
    if (OVER.includes(problem.status)) lasting.forget("guest");
    return failed(problem, start);
  }
}

function together(found, talk, kept) {
  const leave = async () => {
    await post("/guest-visit/departure", {}, { place: kept.place });
    await inside(kept);
  };
  return {
    body: [
      notice(`您是${found.name}(${found.relation}),和病人 ${found.patient_name} 一起。`, "done"),
      found.room_open && h("a", { class: "button button--primary", href: `/h5/guest-room#${found.room}`, "data-testid": "enter-room" }, icon("video"), "进视频"),
      log(talk),
      actButton("我先离开", leave, { kind: "quiet" }),
    ],
    foot: composer(talk),
  };
}

function watch(found, talk, kept, signal) {
  const shown = JSON.stringify(found);
  const look = async () => {
    try {
      const now = await get("/guest-visit", { place: kept.place, signal, again: true });
      if (JSON.stringify(now) !== shown && !talk.voice?.busy) {
        inside(kept);
        return false;
      }
      await catchUp(talk);
    } catch (problem) {
      if (problem instanceof Refused && OVER.includes(problem.status)) {
        start();
        return false;
      }
      if (!(problem instanceof Refused)) throw problem;
    }
    return true;
  };
  look();
  keepAsking(look, { every: OFTEN_MS, signal });
}

function left(found) {
  return {
    body: [h("section", { class: "card" }, h("p", {}, `您已经离开。病人 ${found.patient_name} 还在看医生。`))],
    foot: actButton("再进去", enter, { kind: "primary" }),
  };
}

function failed(problem, again) {
  if (problem.name === "AbortError") return;
  if (problem instanceof Refused && OVER.includes(problem.status)) {
    end("不能一起看了", sentenceOf(problem));
    return;
  }
  draw("没有打开", { body: [notice(sentenceOf(problem), "danger")], foot: actButton("再试一次", again, { kind: "primary" }) });
}

function end(title, sentence) {
  fresh();
  draw(title, { body: [h("section", { class: "card", "data-testid": "guest-end" }, h("p", {}, sentence))], foot: linkButton("我自己要看病", "", {}) });
  root.querySelector(".foot a").href = "/h5/";
}

/** What the screen before was waiting for is no longer wanted. */
function fresh() {
  screen.abort();
  screen = new AbortController();
  return screen.signal;
}

function draw(title, { body, foot }) {
  const head = h("h1", { tabindex: "-1" }, title);
  root.replaceChildren(
    h("header", { class: "top top--home" }, head),
    h("main", { class: "page" }, h("div", { class: "screen" }, body), foot && h("div", { class: "foot", "data-complaints": true }, foot)),
  );
  root.removeAttribute("aria-busy");
  document.title = `${title} · 家门口医院`;
}
