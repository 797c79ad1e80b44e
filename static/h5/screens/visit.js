// One online visit: evidence, the waiting room, the call, the talk, and how it ended. The page asks
// by itself; another state draws the screen anew.

import { get, now, post } from "../api.js";
import { h, icon } from "../dom.js";
import { doctorWords, isOver, stateOf, unreadOf } from "../encounters.js";
import { everySecond, keepAsking } from "../live.js";
import { actButton, badge, facts, fold, linkButton, nextStep, notice } from "../parts.js";
import { go } from "../router.js";
import { summaryOf } from "../summary.js";
import { ending, endingFoot, referralCard } from "../visit-ending.js";
import { opinion } from "../visit-rating.js";
import { countdown, when } from "../words.js";

const OFTEN_MS = 3000;
const SELDOM_MS = 15_000;
const AHEAD_MS = 1000;

export default async function visit({ params, signal, again }) {
  const path = `/encounters/${params.id}`;
  const found = await get(path, { signal, again: true });
  const line = h("div", { "aria-live": "polite", "aria-atomic": "true" }, place(found));
  if (!isOver(found) || expects(found)) watch(path, found, line, { signal, again });
  if (!isOver(found)) fetchTalk(signal);
  return {
    title: "在线复诊",
    otherwise: "visits",
    onReturn: again,
    body: [head(found, signal), line, ...bodyOf(found, again), about(found)],
    foot: footOf(found, path, again),
  };
}

/** Whoever waits will talk next: on a slow line that screen is here by then. */
function fetchTalk(signal) {
  const timer = setTimeout(() => import("./talk.js").catch(() => null), AHEAD_MS);
  signal.addEventListener("abort", () => clearTimeout(timer));
}

function head(found, signal) {
  return h(
    "section",
    { class: found.status === "called" ? "card card--call" : "card", "data-testid": "visit", "data-status": found.status },
    h("div", { class: "badges" }, stateOf(found), unreadOf(found)),
    h("p", {}, h("b", {}, found.patient_name), ` 看 ${doctorWords(found)}`),
    found.status === "called" && answerBy(found, signal),
    found.status !== "waiting" && nextStep(found.next_step),
  );
}

function answerBy(found, signal) {
  const left = h("b", {});
  const until = Date.parse(found.answer_by);
  everySecond(() => (left.textContent = countdown(Math.max(0, until - now()))), signal);
  return h("p", { role: "timer" }, "医生在等您,还有 ", left);
}

/** The waiting room. */
function place(found) {
  if (!["waiting", "away"].includes(found.status)) return [];
  const { ahead, sentence, message } = found.place;
  return [
    h(
      "section",
      { class: "card queue" },
      h("p", {}, "前面还有"),
      h("b", { "data-testid": "visit-ahead" }, String(ahead)),
      h("p", { class: "when" }, sentence),
      h("p", { class: "soft" }, "页面自己会更新。可以锁屏,到您时回来就行,位置不会丢。"),
    ),
    message && notice(`医生说:${message}`, "progress"),
    linkButton("给医生留言", `visits/${found.id}/talk`, { name: "chat" }),
  ];
}

function bodyOf(found, again) {
  if (found.status === "planned") return [evidence(found)];
  if (found.status === "waiting") return [evidence(found), company(found), leaving(found, again)];
  if (isOver(found)) return [...ending(found, again), ...summaryOf(found), ...opinion(found, again)];
  if (found.may_invite) return [found.referral && referralCard(found.referral), company(found)];
  return [];
}

function evidence(found) {
  const lines = found.evidence.map((one) =>
    h(
      "li",
      { class: "card" },
      h("p", {}, h("b", {}, one.diagnosis_text), " ", badge(one.counts ? "可以用" : "时间太久或不是这个病", one.counts ? "done" : "neutral")),
      h("p", { class: "soft" }, `${one.type_name} · ${one.institution} · ${one.visit_date} · ${one.source_name}`),
    ),
  );
  return h(
    "section",
    { class: "fields" },
    h("h2", {}, "确诊的资料"),
    lines.length ? h("ul", { class: "fields" }, lines) : h("p", {}, "还没有资料。"),
    linkButton("拍照添加资料", `visits/${found.id}/evidence`, { kind: found.needs_evidence ? "primary" : "", name: "camera" }),
  );
}

/** Who is with them, and the way to ask somebody. */
function company(found) {
  const here = found.guests.filter((one) => one.status === "joined").map((one) => `${one.name}(${one.relation})`);
  return h(
    "section",
    { class: "fields" },
    here.length > 0 && notice(`${here.join("、")}在一起`, "done"),
    linkButton("请家人或翻译一起", `visits/${found.id}/guests`, { name: "people" }),
  );
}

function leaving(found, again) {
  const out = async () => {
    await post(`/encounters/${found.id}/absence`);
    await again();
  };
  return fold(
    "要离开一会儿,或者不看了",
    h("p", {}, "离开一会儿:位置给您留着,后面的人先看。"),
    found.give_up_rule && h("p", { "data-testid": "give-up-rule" }, found.give_up_rule),
    actButton("暂时离开", out, { busy: "请稍候…" }),
    giveUp(found, again),
  );
}

function giveUp(found, again) {
  const cancel = async () => {
    await post(`/encounters/${found.id}/cancellation`, {}, { act: `visit.cancel.${found.id}` });
    await again();
  };
  return actButton("不看了,取消", cancel, { kind: "danger", busy: "正在取消…" });
}

function about(found) {
  return fold(
    "这次复诊",
    facts([
      ["什么病", found.condition_name],
      ["怎么看", found.kind === "video" ? "视频" : "图文"],
      ["医院", found.organization_name],
      ["约的时间", found.booked_for && when(found.booked_for, now())],
      ["开始", found.began_at && when(found.began_at, now())],
      ["结束", found.ended_at && when(found.ended_at, now())],
      ["想说的", found.complaint],
    ]),
  );
}

function footOf(found, path, again) {
  const act = (words, verb, then = again, options = {}) =>
    actButton(words, async () => {
      await post(`${path}/${verb}`, {}, { act: `visit.${verb}.${found.id}` });
      await then();
    }, { kind: "primary", ...options });
  if (found.status === "planned") {
    if (found.needs_evidence) return giveUp(found, again);
    return act("进候诊室", "arrival", again, { busy: "正在进去…" });
  }
  if (found.status === "away") return act("我回来了", "return");
  if (found.status === "called") {
    const inside = () => (found.kind === "video" ? enterRoom(found) : go(`visits/${found.id}/talk`));
    return act("我来了,进去", "entry", inside, { name: "video", busy: "正在进去…" });
  }
  if (found.status === "in_progress") return together(found);
  return isOver(found) && endingFoot(found, path, again);
}

function together(found) {
  const talk = linkButton("打字、发语音、发照片", `visits/${found.id}/talk`, { kind: found.kind === "video" ? "" : "primary", name: "chat" });
  if (found.kind !== "video") return talk;
  const room = h("a", { class: "button button--primary", href: `/h5/room#${found.id}`, "data-testid": "enter-room" }, icon("video"), "进视频");
  return [room, talk];
}

/** The same window: web views inside WeChat open no second one. */
function enterRoom(found) {
  window.location.assign(`/h5/room#${found.id}`);
}

function watch(path, found, line, { signal, again }) {
  let shown = JSON.stringify(found.place);
  const referring = isOver(found) && !found.ending.kept_open;
  const every = found.status === "planned" || found.ending?.offered || referring ? SELDOM_MS : OFTEN_MS;
  keepAsking(
    async () => {
      const fresh = await get(path, { signal, again: true });
      if (fresh.status !== found.status || fresh.kind !== found.kind || moved(found, fresh)) {
        again();
        return false;
      }
      if (isOver(fresh)) return expects(fresh);
      if (JSON.stringify(fresh.place) !== shown) {
        shown = JSON.stringify(fresh.place);
        line.replaceChildren(...[place(fresh)].flat(3).filter(Boolean));
      }
      return true;
    },
    { every, signal },
  );
}

/** Over, and something may still come: a place, a referral, an answer to it. */
function expects({ ending: end, referral }) {
  if (referral) return end.kept_open || ["proposed", "submitted"].includes(referral.status);
  return end.kept_open || end.offer === "referral";
}

/** A place was found, taken up or given back; a referral was written or answered; somebody has written. */
const moved = (found, fresh) =>
  found.ending?.offered?.status !== fresh.ending?.offered?.status ||
  found.referral?.status !== fresh.referral?.status ||
  found.unread !== fresh.unread;
