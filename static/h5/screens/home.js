// What do I do now? My next appointment as one big card, 看医生, my health card, whose turn it is.

import { get } from "../api.js";
import { h, icon } from "../dom.js";
import { summary as onlineVisit } from "../encounters.js";
import { isOver, summary as prescription } from "../medicine.js";
import { badge, linkButton, row, rows } from "../parts.js";
import { go, href } from "../router.js";
import { current, family, nameOf, readAccount, signedIn } from "../session.js";
import { isAhead, summary } from "../visit.js";
import { age } from "../words.js";

const MINE = ["approved", "pay_pending", "ready"]; // the resident has to do something

export default async function home({ signal, again }) {
  if (!signedIn()) {
    go("sign-in", { replace: true });
    return null;
  }
  const [visits, online, drugs, patient, all, unread] = await Promise.all([
    get("/appointments", { signal, query: { limit: 30 } }),
    underWay(signal),
    prescriptions(signal),
    current(signal),
    family(signal),
    news(signal),
    readAccount(signal),
  ]);
  return {
    home: true,
    onReturn: again, // what stood here before the phone slept may have changed
    title: "家门口医院",
    top: h("a", { class: "top__link", href: href("account") }, icon("settings"), "我的"),
    body: patient ? known(visits.items, { online, drugs }, patient, all, unread) : newcomer(all),
    foot: patient ? false : linkButton("添加我自己", "family/add/self", { kind: "primary" }),
  };
}

/** How many messages are new (home opens without it). */
async function news(signal) {
  const page = await get("/communications", { signal, query: { limit: 1 }, again: true }).catch(() => null);
  return page?.unread ?? 0;
}

/** Online visits under way (home opens without it). */
async function underWay(signal) {
  const page = await get("/encounters", { signal, query: { live: "true" }, again: true }).catch(() => null);
  return page?.items ?? [];
}

/** Prescriptions somebody has to do something about (home opens without it). */
async function prescriptions(signal) {
  const page = await get("/medication-requests", { signal, query: { live: "true" }, again: true }).catch(() => null);
  return (page?.items ?? []).filter((one) => !isOver(one));
}

function newcomer(all) {
  const unproven = all.find((person) => person.needs_proof);
  return [
    h("div", { class: "card" }, [
      h("p", { class: "when" }, "欢迎您"),
      h("p", {}, "在这里给自己和家人约医生、缴费、看排到几号,不用到窗口排队。"),
      h("p", { class: "next" }, h("b", {}, "下一步:"), "先添加您自己,准备好身份证。"),
    ]),
    all[0] && rows(row("family", "家人", "", { name: "people" })),
    unproven && rows(row(`family/${unproven.id}/proof`, unproven.name, "还差一步:验证码")),
    h("p", { class: "soft" }, "急症不要预约,请马上打 ", h("a", { href: "tel:120" }, "120"), "。"),
  ];
}

function known(visits, { online, drugs }, patient, all, unread) {
  const seen = new Set(online.map((visit) => visit.appointment_id)); // these have a card of their own
  const next = visits.filter((visit) => isAhead(visit) && !seen.has(visit.id)).reverse(); // the API gives the latest first
  const busy = online.length + drugs.length > 0;
  return [
    whose(patient, all),
    online.map(onlineVisit),
    drugs.filter((one) => MINE.includes(one.status) || one.agreement?.awaited).map(prescription),
    next.length ? summary(next[0], { call: !busy }) : !busy && nothingBooked(),
    next.length > 1 && linkButton(`还有 ${next.length - 1} 个预约`, "appointments", { kind: "quiet" }),
    h(
      "div",
      { class: "tiles" },
      tile("看医生", "find", "hospital", !next.length),
      tile("在线复诊", "visits", "video"),
      tile("我的药", "medicines", "pill", false, drugs.length),
      tile("健康卡", "card", "patient"),
    ),
    rows(
      row("inbox", "消息", "", { name: "bell", right: unread > 0 && badge(`${unread} 条新的`, "progress") }),
      age(patient.birth_date) < 18 && row(`family/${patient.id}/immunizations`, "打疫苗", "", { name: "shield" }),
      row(`family/${patient.id}/readings`, "量血压、测血糖", "", { name: "heart" }),
      row("family-doctor", "我的家庭医生", "", { name: "heart" }),
      row("appointments", "我的预约", "", { name: "calendar" }),
      row("articles", "健康知识", "", { name: "sheet" }),
      row("waiting", "候补", "", { name: "queue", look: "not-elder" }),
      row("family", "家人", "", { name: "people" }),
    ),
  ];
}

function whose(patient, all) {
  return h(
    "a",
    { class: "whose", href: href("family") },
    icon("patient"),
    h("b", {}, nameOf(patient)),
    h("span", {}, all.length > 1 ? "换人" : "家人", icon("right")),
  );
}

function nothingBooked() {
  return h(
    "div",
    { class: "nothing" },
    h("h2", {}, "现在没有预约"),
    h("p", { class: "next" }, h("b", {}, "下一步:"), "要看病就点“看医生”。"),
  );
}

function tile(text, path, name, first = false, count = 0) {
  const look = first ? "tile tile--first" : "tile";
  return h("a", { class: look, href: href(path) }, icon(name), text, count > 0 && badge(`${count} 张在办`, "progress"));
}
