// The amount, the time left, one button. What counts is what the server says, not the cashier.

import { get, now, post, Refused } from "../api.js";
import { h } from "../dom.js";
import { passing } from "../keep.js";
import { everySecond, keepAsking } from "../live.js";
import { actButton, badge, empty, facts, linkButton, nextStep, notice, Told } from "../parts.js";
import { askWeChat, cashierIsSilent, cashierOpened, cashierSpoke, foundOut } from "../paying.js";
import { go } from "../router.js";
import { mayDo } from "../session.js";
import { whom, where } from "../visit.js";
import { inWeChat, isDemo, openCashier } from "../wechat.js";
import { countdown, when, yuan } from "../words.js";

const SETTLING_MS = 90_000;
const OVER = ["expired", "cancelled"];

export default async function pay({ params, signal, again }) {
  const visit = await get(`/appointments/${params.id}`, { signal });
  if (OVER.includes(visit.status)) return over(visit);
  if (visit.status !== "held") {
    arrive(visit);
    return null;
  }
  if (!(await mayDo(visit.patient_id, "pay", signal))) return notMine(visit, signal, again);
  const paidAt = passing.read(`paid.${visit.id}`);
  if (!paidAt && cashierIsSilent(visit.id)) return asking(visit, { signal, again });
  follow(visit, { signal, again });
  if (paidAt && now() - paidAt < SETTLING_MS) return settling(visit);
  return {
    title: "付款",
    otherwise: "appointments",
    onReturn: again,
    body: [
      h("section", { class: "card center" }, h("p", {}, "挂号费"), h("p", { class: "amount" }, yuan(visit.fee_fen)), timer(visit, signal, again)),
      paidAt && notice("还没有收到微信的付款消息。已经扣款的不用再付,会自动算上或退回。", "waiting"),
      h("section", { class: "card" }, h("p", { class: "when" }, when(visit.start, now())), facts([
        ["看病的人", visit.patient_name],
        ["医生", whom(visit)],
        ["地点", where(visit)],
      ])),
      nextStep("在时间内付款,号就是您的。超时没付,号让给别人,不扣钱。"),
    ],
    foot: [
      actButton(`微信支付 ${yuan(visit.fee_fen)}`, () => open(visit, again), { kind: "primary", busy: "正在打开微信支付…" }),
      linkButton("不约了", `appointments/${visit.id}/cancel`, { kind: "quiet" }),
    ],
  };
}

/** The patient lets this account book but not pay. */
function notMine(visit, signal, again) {
  return {
    title: "付款",
    otherwise: "appointments",
    body: [
      h("section", { class: "card center" }, h("p", {}, "挂号费"), h("p", { class: "amount" }, yuan(visit.fee_fen)), timer(visit, signal, again)),
      notice(`${visit.patient_name}没有让您替他缴费。`, "waiting"),
      nextStep(`请${visit.patient_name}用自己的微信打开“家门口医院”,在“我的预约”里付。`),
    ],
    foot: linkButton("不约了", `appointments/${visit.id}/cancel`, { kind: "quiet" }),
  };
}

async function open(visit, again) {
  const order = await ordered(visit);
  if (order === null) return again(); // somebody has paid meanwhile, or it is too late: say so
  if (inWeChat() && !isDemo()) {
    cashierOpened(visit.id); // the page may be gone before the cashier answers
    const said = await openCashier(order, visit.id);
    if (said !== "unknown") cashierSpoke(visit.id);
    if (said !== "paid") return undefined;
    passing.write(`paid.${visit.id}`, now());
    return again();
  }
  if (!isDemo()) throw new Told("请在微信里打开这个页面付款。号还给您留着。");
  passing.write(`order.${visit.id}`, order);
  cashierOpened(visit.id);
  return go(`cashier/${visit.id}`);
}

/** What the cashier needs, or null when there is nothing to pay any more. */
async function ordered(visit) {
  try {
    return await post(`/appointments/${visit.id}/payment`, {}, { act: `pay.${visit.id}` });
  } catch (problem) {
    if (problem instanceof Refused && ["already_paid", "hold_over"].includes(problem.code)) return null;
    throw problem;
  }
}

function arrive(visit) {
  passing.forget(`paid.${visit.id}`);
  cashierSpoke(visit.id);
  go(`appointments/${visit.id}`, { replace: true });
}

function timer(visit, signal, again) {
  const left = h("b", {});
  const until = Date.parse(visit.hold_expires_at);
  let over = false;
  everySecond(() => {
    left.textContent = countdown(until - now());
    if (until <= now() && !over) {
      over = true;
      setTimeout(again, 3000); // the server gives the place away within two seconds
    }
  }, signal);
  return h("p", { role: "timer" }, "号还给您留 ", left);
}

/** However it was paid, and on whichever phone: the screen follows. */
function follow(visit, { signal, again }) {
  let turns = 0;
  keepAsking(
    async () => {
      // WeChat's notice may be late or lost: it is asked once, and after the cashier now and then
      const ask = turns === 0 || (passing.read(`paid.${visit.id}`) && turns % 3 === 0);
      turns += 1;
      const fresh = await (ask
        ? askWeChat(visit.id, signal)
        : get(`/appointments/${visit.id}`, { signal, again: true }));
      if (fresh.status === "held") return true;
      if (OVER.includes(fresh.status)) again();
      else arrive(fresh);
      return false;
    },
    { every: 2000, signal },
  );
}

/** Back from a cashier that said nothing: ask before the button to pay shows again. */
function asking(visit, { signal, again }) {
  const goOn = () => {
    cashierSpoke(visit.id);
    return again();
  };
  foundOut(visit.id, signal)
    .then((found) => (found ? arrive(visit) : !signal.aborted && goOn()))
    .catch(() => null); // left, or signed out
  return {
    title: "正在确认",
    otherwise: "appointments",
    body: [
      h("section", { class: "card center", "aria-live": "polite" }, badge("正在问微信", "waiting"), h("p", { class: "amount" }, yuan(visit.fee_fen)), h("p", {}, "正在问微信付好了没有,一般几秒钟。")),
      nextStep("付过了就等几秒,不用再付;没有付的话点下面的按钮。"),
    ],
    foot: actButton("我还没付,去付款", goOn, { kind: "quiet" }),
  };
}

function settling(visit) {
  return {
    title: "正在确认",
    otherwise: "appointments",
    body: [
      h("section", { class: "card center", "aria-live": "polite" }, badge("正在确认", "waiting"), h("p", { class: "amount" }, yuan(visit.fee_fen)), h("p", {}, "微信说已经付了,正在等到账消息,一般几秒钟。")),
      nextStep("不用再付,也不用等在这里:到账后预约自动算数,在“我的预约”里能看到。"),
    ],
    foot: linkButton("看我的预约", "appointments", { kind: "primary" }),
  };
}

function over(visit) {
  const path = visit.practitioner_id ? `doctors/${visit.practitioner_id}` : "find";
  return {
    title: visit.status === "expired" ? "超过付款时间了" : "已经取消",
    otherwise: "appointments",
    body: empty(
      "这个号已经让给别人",
      "没有付过的不扣钱;刚刚付的会自动退回微信。",
      linkButton("重新约", path, { kind: "primary" }),
    ),
  };
}
