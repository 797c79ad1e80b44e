// One appointment: how it stands, what to do next, the slip's code, the place in the queue.

import { get, now, post } from "../api.js";
import { h } from "../dom.js";
import { keepAsking } from "../live.js";
import { actButton, facts, fold, linkButton, nextStep, notice } from "../parts.js";
import { askWeChat } from "../paying.js";
import { drawQr } from "../qr.js";
import { reminders } from "../remind.js";
import { stateOf, whom, where } from "../visit.js";
import { inFives, span, when, yuan } from "../words.js";

const STANDING = ["booked", "checked_in", "called", "in_service"];

export default async function appointment({ params, signal, again }) {
  const path = `/appointments/${params.id}`;
  const visit = await get(path, { signal, again: true });
  const line = h("div", { "aria-live": "polite", "aria-atomic": "true" }, queue(visit));
  if (STANDING.includes(visit.status)) watch(path, visit, line, { signal, again });
  if (visit.status === "held" && visit.fee_fen) lookForMoney(visit, { signal, again });
  const slip = visit.status === "booked" && visit.service_type !== "online";
  const mayEnter = Date.parse(visit.check_in_from) <= now(); // then the slip is what is wanted
  const booked = visit.status === "booked" && Date.parse(visit.start) > now();
  const [remind, code] = await Promise.all([
    booked && reminders("visit", visit.id, { start: visit.start, signal, again }),
    slip && slipOf(visit),
  ]);
  return {
    title: "预约",
    otherwise: "appointments",
    body: [
      head(visit),
      line,
      visit.remedy?.state === "open" && stopped(visit, again),
      refund(visit),
      mayEnter ? [code, remind] : [remind, code],
      details(visit),
      slip && bring(visit),
      cancelling(visit),
      visit.status !== "held" && linkButton("有意见,投诉", `complaints/new?about=appointment&id=${visit.id}&patient=${visit.patient_id}`, { kind: "quiet" }),
    ],
    foot: footOf(visit, again),
  };
}

function head(visit) {
  return h(
    "section",
    { class: "card card--call" },
    stateOf(visit),
    h("p", { class: "when" }, when(visit.start, now())),
    h("p", {}, h("b", {}, visit.patient_name), ` 看 ${whom(visit)}`),
    nextStep(visit.next_step),
  );
}

/** Money on its way, unless the next step says it already. */
function refund(visit) {
  const { state, sentence } = visit.refund;
  if (state === "none" || visit.next_step.includes(sentence)) return false;
  return notice(sentence, state === "done" ? "done" : "waiting");
}

function queue(visit) {
  if (!visit.queue) return [];
  const { number, ahead, now: called } = visit.queue;
  const mine = visit.status === "called";
  const words = mine ? "到您了,请进诊室" : ahead ? `前面还有 ${ahead} 人` : "下一个就是您";
  return h(
    "section",
    { class: "card queue" },
    h("p", {}, "您的号"),
    h("b", { "data-testid": "queue-number" }, String(number)),
    h("p", { class: "when", "data-testid": "queue-ahead" }, visit.status === "in_service" ? "正在看" : words),
    called !== null && !mine && h("p", {}, `现在叫到 ${called} 号`),
    h("p", { class: "soft" }, "页面自己会更新,不用刷新。"),
  );
}

/** Only what changed is drawn anew; another state draws the whole screen. */
function watch(path, visit, line, { signal, again }) {
  let shown = JSON.stringify(visit.queue);
  const every = visit.queue ? 4000 : 15_000;
  keepAsking(
    async () => {
      const fresh = await get(path, { signal, again: true });
      if (fresh.status !== visit.status) {
        again();
        return false;
      }
      if (JSON.stringify(fresh.queue) !== shown) {
        shown = JSON.stringify(fresh.queue);
        line.replaceChildren(...[queue(fresh)].flat());
      }
      return true;
    },
    { every, signal },
  );
}

/** Perhaps it is paid, and the word of it is late: WeChat is asked, then the state is watched. */
function lookForMoney(visit, { signal, again }) {
  let asked = false;
  keepAsking(
    async () => {
      const fresh = await (asked
        ? get(`/appointments/${visit.id}`, { signal, again: true })
        : askWeChat(visit.id, signal));
      asked = true;
      if (fresh.status === "held") return true;
      again();
      return false;
    },
    { every: 2000, signal },
  );
}

async function slipOf(visit) {
  return h(
    "section",
    { class: "card" },
    await drawQr(visit.code, "签到二维码"),
    h("p", { class: "code" }, inFives(visit.code)),
    h("p", { class: "center" }, "到了医院,给工作人员扫这个码,或者报这串字母和数字。"),
  );
}

function details(visit) {
  return h(
    "section",
    { class: "card" },
    facts([
      ["时间", span(visit.start, visit.end, now())],
      ["地点", where(visit)],
      ["地址", visit.organization_address],
      ["挂号费", visit.fee_fen ? `${yuan(visit.fee_fen)} ${visit.payment_name}` : "免费"],
      ["原因", visit.status === "cancelled" && visit.reason],
      ["电话", visit.organization_phone && h("a", { href: `tel:${visit.organization_phone}` }, visit.organization_phone)],
    ]),
  );
}

function bring(visit) {
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "要带什么"),
    h("ul", { class: "bullets" }, [
      h("li", {}, `${visit.patient_name}的身份证(孩子带户口本)`),
      h("li", {}, "医保卡或医保电子凭证"),
      h("li", {}, "以前的病历、化验单,正在吃的药"),
      visit.needs.map((need) => h("li", {}, h("b", {}, need.name), `:${need.how}`)),
    ]),
  );
}

function stopped(visit, again) {
  const back = async () => {
    await post(`/appointments/${visit.id}/remedy`, { choice: "refund" }, { act: `refund.${visit.id}` });
    await again();
  };
  const path = `doctors/${visit.practitioner_id ?? visit.schedule_id}?move=${visit.id}`;
  const money = visit.payment === "online" ? `不看了,退 ${yuan(visit.fee_fen)}` : "不看了";
  return h(
    "section",
    { class: "card", "data-complaints": true },
    h("h2", {}, "医院停诊,对不起"),
    h("p", {}, visit.reason || "医生临时不能出诊。"),
    linkButton("换一个时间", path, { kind: "primary" }),
    linkButton("换同科室别的医生", `departments/${visit.organization_id}.${visit.department}`),
    actButton(money, back, { busy: "正在办理…" }),
  );
}

function cancelling(visit) {
  if (!["held", "booked"].includes(visit.status)) return false;
  const phone = visit.organization_phone;
  const rule = visit.cancel_until
    ? `${when(visit.cancel_until, now())} 前可以自己取消,付过的钱全部退回。`
    : `已经过了自己取消的时间。来不了请打电话${phone ? ` ${phone}` : "给医院"},不然算一次没来。`;
  return fold(
    "来不了怎么办",
    h("p", {}, rule),
    visit.cancel_until && linkButton("取消预约", `appointments/${visit.id}/cancel`, { kind: "danger" }),
  );
}

function footOf(visit, again) {
  if (visit.status === "held" && visit.offered && !visit.fee_fen) {
    const take = async () => {
      await post(`/appointments/${visit.id}/acceptance`, {}, { act: `take.${visit.id}` });
      await again();
    };
    return actButton("要这个号", take, { kind: "primary", busy: "正在要号…" });
  }
  if (visit.status === "held" && visit.fee_fen) {
    return linkButton(`去付款 ${yuan(visit.fee_fen)}`, `pay/${visit.id}`, { kind: "primary" });
  }
  if (visit.service_type === "online" && ["booked", "checked_in", "called", "in_service"].includes(visit.status)) {
    return onlineFoot(visit);
  }
  if (visit.status === "booked" && Date.parse(visit.check_in_from) <= now()) {
    return linkButton("到了,签到", `check-in?visit=${visit.id}`, { kind: "primary" });
  }
  if (["cancelled", "expired", "no_show"].includes(visit.status) && visit.remedy?.state !== "open") {
    return linkButton("重新约", `doctors/${visit.practitioner_id ?? visit.schedule_id}`);
  }
  return false;
}

/** An online visit has a page of its own, from the questions to the end. */
function onlineFoot(visit) {
  return linkButton("去在线复诊", `visits/new?appointment=${visit.id}`, { kind: "primary" });
}
