// 我的家庭医生: the team, what is included and what was done, and what to do now.

import { get, now, post } from "../api.js";
import { h } from "../dom.js";
import { contractsOf, LOOKS, teamCard, termOf } from "../family-doctor.js";
import { passing } from "../keep.js";
import { actButton, badge, empty, fold, linkButton, nextStep, notice } from "../parts.js";
import { cashierOpened } from "../paying.js";
import { keepAsking } from "../live.js";
import { go } from "../router.js";
import { choose, current, nameOf } from "../session.js";
import { inWeChat, isDemo, openCashier } from "../wechat.js";

const EVERY_MS = 10_000;
const WHY = [
  ["moved", "搬走了"],
  ["unwilling", "不想签了"],
  ["unable", "团队做不到"],
  ["other", "其他"],
];

export default async function familyDoctor({ params, signal, again }) {
  if (params.id) {
    const { patient_id: whose } = await get(`/contracts/${params.id}`, { signal });
    choose(whose); // a message may be about somebody else of the family
    go("family-doctor", { replace: true });
    return null;
  }
  const patient = await current(signal);
  if (!patient) {
    go("family", { replace: true });
    return null;
  }
  const { active, pending, last } = await contractsOf(patient, signal);
  const shown = { title: "我的家庭医生", otherwise: "", onReturn: again };
  if (!active && !pending) return { ...shown, body: [none(patient, last)], foot: linkButton("选一个家庭医生团队", "family-doctor/new", { kind: "primary" }) };
  if (pending) watch(patient, pending, { signal, again });
  return {
    ...shown,
    body: [pending && onItsWay(pending, active, again), active && inForce(active, again)],
    foot: footOf(active, pending),
  };
}

function none(patient, last) {
  return [
    empty(`${nameOf(patient)}还没有家庭医生`, "签约以后,村医、乡镇医生和县级医生组成的团队管您的健康:定期随访、有事先问、帮忙预约转诊。基础服务免费。"),
    last && h("section", { class: "card" }, h("p", {}, badge(last.status_name, LOOKS[last.status] ?? "neutral"), ` ${last.team.name}`), last.answer && h("p", { class: "prewrap" }, last.answer), nextStep(last.next_step), last.talk.opened && linkButton("看以前说过的话", `family-doctor/${last.id}/talk`)),
    notice("没有智能手机的家人,带身份证到村卫生室,村医当面办。"),
  ];
}

function onItsWay(one, active, again) {
  return h(
    "section",
    { class: "card card--call", "data-testid": "contract", "data-status": one.status },
    h("p", {}, badge(one.status_name, LOOKS[one.status])),
    h("p", { class: "when" }, active ? `${active.team.id === one.team.id ? "续签" : "换到"} ${one.team.name}` : one.team.name),
    nextStep(one.next_step),
    termOf(one),
    one.can.includes("withdraw") &&
      h("div", { "data-complaints": true }, actButton("撤回申请", () => act(one, "withdrawal", {}, again), { kind: "quiet", busy: "正在撤回…" })),
  );
}

function inForce(one, again) {
  const todo = one.items.flatMap((item) => item.records.filter((record) => record.can.length).map((record) => [item, record]));
  return [
    h(
      "section",
      { class: "card", "data-testid": "contract", "data-status": one.status },
      h("p", {}, badge(one.status_name, "done")),
      h("p", {}, h("b", {}, one.patient_name), ` 签到 ${one.ends_on}`),
      one.can.includes("renew") && nextStep("快到期了,点下面的“续签”,中间不断。"),
      h("p", { class: "soft" }, one.talk.promise),
      askButton(one, "问一问"),
    ),
    ...toConfirm(todo.map(([item, record]) => asking(item, record, again))),
    teamCard(one.team),
    h(
      "section",
      { class: "card" },
      h("h2", {}, "有什么服务,做了多少"),
      h("ul", { class: "promises" }, one.items.map(promised)),
      h("p", {}, "到今天履约 ", h("b", {}, one.rate_percent === null ? "还没有到期的项" : `${one.rate_percent}%`)),
      h("p", { class: "soft" }, one.definition),
    ),
    fold("这份协议", termOf(one), h("div", { class: "fields" }, one.can.includes("paper") && linkButton("打开协议(PDF)", `family-doctor/${one.id}/paper`), linkButton("谁看过病历", `family/${one.patient_id}/openings`))),
    fold("换团队或者解约", linkButton("换一个团队", "family-doctor/new?change=1"), ending(one, again)),
  ];
}

/** To the conversation, with how much in it is new. */
function askButton(one, words) {
  const news = one.talk.unread > 0 && `${one.talk.unread} 条新消息`;
  return h("div", { class: "fields" }, news && h("p", {}, badge(news, "progress")), linkButton(words, `family-doctor/${one.id}/talk`, { kind: "primary", name: "chat" }));
}

function promised(item) {
  return h(
    "li",
    {},
    h("p", {}, h("b", {}, item.name), ` ${item.mode_name},${item.who_name}`),
    h("p", { class: "soft" }, `一年 ${item.times} 次,做了 ${item.done} 次${item.due > item.done ? `,到今天应做 ${item.due} 次` : ""}`),
    item.records.length > 0 && fold("做过的", item.records.map((record) => h("p", {}, `${record.done_on} ${record.by_name} ${record.mode_name} `, badge(record.status_name, record.status === "confirmed" ? "done" : "waiting"), record.words && h("span", { class: "prewrap" }, h("br"), record.words)))),
  );
}

const AT_ONCE = 2;

/** A few to begin with: the team's telephone stays in sight. */
function toConfirm(asked) {
  const rest = asked.slice(AT_ONCE);
  return [...asked.slice(0, AT_ONCE), rest.length > 0 && fold(`还有 ${rest.length} 次服务等您确认`, h("div", { class: "fields" }, rest))];
}

/** One button for yes; no asks for a word. */
function asking(item, record, again) {
  const words = h("input", { class: "input", id: `no-${record.id}`, maxlength: "200", autocomplete: "off" });
  const answer = (step, body) => async () => {
    await post(`/service-records/${record.id}/${step}`, body(), { act: `service.${step}.${record.id}` });
    await again();
  };
  return h(
    "section",
    { class: "card card--call", "data-testid": "to-confirm" },
    h("h2", {}, "请您确认:这次服务做过吗?"),
    h("p", {}, h("b", {}, item.name), ` ${record.mode_name}`),
    h("p", {}, `${record.by_name} ${record.done_on}`),
    record.words && h("p", { class: "prewrap" }, record.words),
    h("div", { "data-complaints": true }, actButton("做过,我确认", answer("confirmation", () => ({})), { kind: "primary", busy: "正在记下…" })),
    record.can.includes("dispute") &&
      fold("没有做过", h("label", { for: `no-${record.id}`, class: "field__label" }, "说一句怎么回事,团队会看到"), words, h("div", { "data-complaints": true }, actButton("没有做过", answer("dispute", () => ({ words: words.value.trim() })), { busy: "正在记下…" }))),
  );
}

function ending(one, again) {
  const why = h("select", { id: "f-why", class: "input" }, WHY.map(([key, word]) => h("option", { value: key }, word)));
  return h(
    "div",
    { class: "fields" },
    h("p", {}, "解约以后团队马上不能再看您的档案。不影响看病。"),
    h("div", { class: "field" }, h("label", { for: "f-why", class: "field__label" }, "为什么解约"), why),
    h("div", { "data-complaints": true }, actButton("解约", () => act(one, "termination", { why: why.value }, again), { kind: "quiet", busy: "正在解约…" })),
  );
}

function footOf(active, pending) {
  if (pending?.can.includes("sign")) return linkButton("签字", `family-doctor/${pending.id}/sign`, { kind: "primary" });
  if (pending?.can.includes("pay")) return actButton("付款", () => pay(pending), { kind: "primary", busy: "正在打开付款…" });
  if (!pending && active?.can.includes("renew")) return linkButton("续签", "family-doctor/new", { kind: "primary" });
  return false;
}

async function act(one, step, body, again) {
  await post(`/contracts/${one.id}/${step}`, body, { act: `contract.${step}.${one.id}` });
  await again();
}

async function pay(one) {
  const order = await post(`/contracts/${one.id}/payment`, {}, { act: `contract.pay.${one.id}.${Math.floor(now() / 60_000)}` });
  cashierOpened(one.id);
  if (isDemo() && !inWeChat()) {
    passing.write(`order.${one.id}`, order);
    go(`family-doctor/${one.id}/cashier`);
    return;
  }
  await openCashier(order, one.id);
  await post(`/contracts/${one.id}/payment-check`);
}

function watch(patient, pending, { signal, again }) {
  keepAsking(
    async () => {
      const fresh = await contractsOf(patient, signal);
      if (fresh.pending?.status === pending.status && fresh.pending?.next_step === pending.next_step) return true;
      again();
      return false;
    },
    { every: EVERY_MS, signal },
  );
}

