// The amount, the time left, one button. What counts is what the server says, not the cashier.

import { get, now, post } from "../api.js";
import { h } from "../dom.js";
import { passing } from "../keep.js";
import { everySecond, keepAsking } from "../live.js";
import { actButton, badge, empty, facts, linkButton, nextStep, notice, Told } from "../parts.js";
import { go } from "../router.js";
import { whom, where } from "../visit.js";
import { inWeChat, isDemo, openCashier } from "../wechat.js";
import { countdown, when, yuan } from "../words.js";

const SETTLING_MS = 90_000;

export default async function pay({ params, signal, again }) {
  const visit = await get(`/appointments/${params.id}`, { signal });
  const arrived = `appointments/${visit.id}`;
  if (visit.status === "expired" || visit.status === "cancelled") return over(visit);
  if (visit.status !== "held") {
    passing.forget(`paid.${visit.id}`);
    go(arrived, { replace: true });
    return null;
  }
  follow(visit, arrived, signal);
  const paidAt = passing.read(`paid.${visit.id}`);
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

async function open(visit, again) {
  const order = await post(`/appointments/${visit.id}/payment`, {}, { act: `pay.${visit.id}` });
  if (inWeChat() && !isDemo()) {
    if (await openCashier(order, visit.id)) {
      passing.write(`paid.${visit.id}`, now());
      await again();
    }
  } else if (isDemo()) {
    passing.write(`order.${visit.id}`, order);
    go(`cashier/${visit.id}`);
  } else {
    throw new Told("请在微信里打开这个页面付款。号还给您留着。");
  }
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
function follow(visit, arrived, signal) {
  let turns = 0;
  keepAsking(
    async () => {
      // WeChat's notice may be late: after the cashier it is asked, now and then
      if (passing.read(`paid.${visit.id}`) && turns++ % 3 === 0) {
        await post(`/appointments/${visit.id}/payment-check`, {}, { signal });
      }
      const fresh = await get(`/appointments/${visit.id}`, { signal, again: true });
      if (fresh.status === "held") return true;
      passing.forget(`paid.${visit.id}`);
      go(arrived, { replace: true });
      return false;
    },
    { every: 2000, signal },
  );
}

function settling(visit) {
  return {
    title: "正在确认付款",
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
