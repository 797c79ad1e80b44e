// One prescription on one page: what to do now, the pick-up code, how to take it, the way it went.

import { get, now, post } from "../api.js";
import { receiptCode, road, trouble, whereTo } from "../carried.js";
import { h } from "../dom.js";
import { passing } from "../keep.js";
import { everySecond, keepAsking } from "../live.js";
import { doctorWords, isOver, stateOf } from "../medicine.js";
import { actButton, facts, fold, linkButton, nextStep, notice, Told } from "../parts.js";
import { cashierIsSilent, cashierOpened, cashierSpoke } from "../paying.js";
import { drawQr } from "../qr.js";
import { go } from "../router.js";
import { mayDo } from "../session.js";
import { inWeChat, isDemo, openCashier } from "../wechat.js";
import { countdown, when, yuan } from "../words.js";

export default async function medicine({ params, signal, again }) {
  const path = `/medication-requests/${params.id}`;
  const one = await get(path, { signal, again: true });
  const pays = await mayDo(one.patient_id, "pay", signal);
  if (!isOver(one)) follow(path, one, { signal, again });
  return {
    title: "处方",
    otherwise: "medicines",
    onReturn: again,
    body: [
      head(one),
      agreement(one),
      await pickUp(one),
      receiptCode(one.order),
      price(one, signal, again),
      road(one.order),
      trouble(one, again),
      drugs(one),
      way(one),
      ordered(one),
      notice(one.warning, "waiting"),
      one.order?.may_cancel && pays && changing(one, path, again),
    ],
    foot: footOf(one, path, pays, again),
  };
}

function head(one) {
  return h(
    "section",
    { class: "card card--call", "data-testid": "prescription", "data-status": one.status },
    stateOf(one),
    h("p", {}, h("b", {}, one.patient_name), ` 的处方 ${one.number}`),
    h("p", { class: "soft" }, doctorWords(one)),
    one.validity && h("p", { class: "strong" }, one.validity),
    nextStep(one.next_step),
  );
}

/** More than four weeks: read, then one button at the foot. */
function agreement({ agreement: found }) {
  if (!found) return false;
  if (!found.awaited) return notice(found.said, "done");
  return h(
    "section",
    { class: "card", "data-testid": "agreement" },
    h("h2", {}, `要用 ${found.days} 天的药,请先看`),
    found.text.map((line, at) => h("p", {}, `${at + 1}. ${line}`)),
  );
}

async function pickUp(one) {
  const { pick_up: shown } = one.order ?? {};
  if (!shown) return false;
  return h(
    "section",
    { class: "card center" },
    h("h2", {}, "取药码"),
    await drawQr(shown.qr_text, "取药码"),
    h("p", { class: "code", "data-testid": "pick-up-code" }, shown.code.replace(/(\d{4})/, "$1 ")),
    h("p", {}, "给药房工作人员扫,或者报这 8 个数字。用过一次就失效,不要发给别人。"),
    placeOf(one.order),
  );
}

/** Said in full before anybody pays. */
function price(one, signal, again) {
  if (one.status !== "pay_pending") return false;
  const { order } = one;
  return h(
    "section",
    { class: "card", "data-testid": "price" },
    h("p", { class: "amount center" }, yuan(order.amount_fen)),
    timer(order, signal, again),
    facts([
      ["药费", yuan(order.drugs_fen)],
      ["配送费", order.delivery_fen ? yuan(order.delivery_fen) : order.carried ? "不收" : "没有(自己来取)"],
      ["代煎费", order.decoction_fen ? yuan(order.decoction_fen) : "没有"],
    ]),
    whereTo(order) || placeOf(order),
  );
}

function timer(order, signal, again) {
  const left = h("b", {});
  const until = Date.parse(order.pay_by);
  let over = false;
  everySecond(() => {
    left.textContent = countdown(until - now());
    if (until <= now() && !over) {
      over = true;
      setTimeout(again, 3000); // the server lets the drugs go within two seconds
    }
  }, signal);
  return h("p", { role: "timer", class: "center" }, "药还给您留 ", left);
}

function placeOf(order) {
  return facts([
    ["药房", order.pharmacy_name],
    ["地址", order.pharmacy_address],
    ["开门", order.pharmacy_hours],
    ["电话", order.pharmacy_phone && h("a", { href: `tel:${order.pharmacy_phone}` }, order.pharmacy_phone)],
  ]);
}

function drugs(one) {
  if (!one.drugs.length) return false;
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "怎么用药"),
    h("ul", { class: "drugs" }, one.drugs.map((drug) =>
      h(
        "li",
        {},
        h("b", {}, drug.name),
        h("span", { class: "soft" }, ` ${drug.strength} ${drug.form},共 ${drug.quantity}`),
        h("p", { class: "drugs__how" }, drug.dosage.split(";").map((part) => h("span", {}, part))),
      ),
    )),
    one.usage && h("p", { class: "drugs__how" }, one.usage.split(";").map((part) => h("span", {}, part))),
    one.advice && h("p", { class: "prewrap" }, h("b", {}, "医生嘱咐:"), one.advice),
    !one.agreement?.awaited && linkButton("处方笺(PDF,可以存、可以打印)", `medicines/${one.id}/paper`),
  );
}

/** 医生已开具 → … → 已取. */
function way(one) {
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "到哪一步了"),
    h("ol", { class: "way" }, one.steps.map((step) =>
      h(
        "li",
        { class: `way__step way__step--${step.state}`, "aria-current": step.state === "now" && "step" },
        h("b", {}, step.name),
        step.at && h("span", { class: "soft" }, when(step.at, now())),
      ),
    )),
  );
}

function ordered(one) {
  const { order } = one;
  if (!order || ["pay_pending", "closed"].includes(order.status)) return false;
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "药费"),
    facts([
      ["合计", yuan(order.amount_fen)],
      ["付款", { online: "微信", cash: "现金", free: "不收费" }[order.payment]],
      ["药房", order.pharmacy_name],
      ["退款", order.refund],
    ]),
  );
}

function changing(one, path, again) {
  const paid = one.order.status === "paid";
  const giveUp = async () => {
    await post(`${path}/order-cancellation`, {}, { act: `drug-cancel.${one.order.id}` });
    forget(one);
    await again();
  };
  return fold(
    "换个拿法,或者不要了",
    h("div", { "data-complaints": true },
      h("p", {}, paid ? "药房还没开始配,可以取消,付的钱全部退回。" : "还没付款,取消不扣钱。"),
      actButton(paid ? `取消,退 ${yuan(one.order.amount_fen)}` : "取消,重新选", giveUp, { busy: "正在取消…" }),
    ),
  );
}

function footOf(one, path, pays, again) {
  if (one.agreement?.awaited) {
    const agree = async () => {
      await post(`${path}/agreement`, { agreed: true }, { act: `agree.${one.id}` });
      await again();
    };
    return actButton("我看完了,同意", agree, { kind: "primary", busy: "正在告诉医生…" });
  }
  if (!["approved", "pay_pending"].includes(one.status)) return false;
  if (!pays) return notice(`${one.patient_name}没有让您替他缴费,请用他自己的微信付。`, "waiting");
  if (one.status === "approved") return linkButton("选怎么拿药", `medicines/${one.id}/ways`, { kind: "primary" });
  return actButton(`微信支付 ${yuan(one.order.amount_fen)}`, () => open(one, path, again), {
    kind: "primary",
    busy: "正在打开微信支付…",
  });
}

async function open(one, path, again) {
  const order = await post(`${path}/payment`, {}, { act: `drug-pay.${one.order.id}` });
  if (inWeChat() && !isDemo()) {
    cashierOpened(one.id);
    const said = await openCashier(order, one.id);
    if (said === "cancelled") cashierSpoke(one.id);
    return again();
  }
  if (!isDemo()) throw new Told("请在微信里打开这个页面付款。药还给您留着。");
  passing.write(`order.${one.id}`, order);
  cashierOpened(one.id);
  return go(`medicines/${one.id}/cashier`);
}

function forget(one) {
  passing.forget(`paid.${one.id}`);
  cashierSpoke(one.id);
}

const steps = ({ order }) => JSON.stringify([order?.carried?.state, order?.carried?.events.length, order?.trouble]);

/** Another state draws the whole screen; after the cashier WeChat is asked as well. */
function follow(path, one, { signal, again }) {
  const paying = one.status === "pay_pending";
  let turns = 0;
  keepAsking(
    async () => {
      const ask = paying && turns % 3 === 0 && (cashierIsSilent(one.id) || passing.read(`paid.${one.id}`));
      turns += 1;
      if (ask) await post(`${path}/payment-check`, {}, { signal });
      const fresh = await get(path, { signal, again: true });
      if (fresh.status === one.status && steps(fresh) === steps(one)) return true;
      forget(one);
      again();
      return false;
    },
    { every: paying ? 2000 : 10_000, signal },
  );
}
