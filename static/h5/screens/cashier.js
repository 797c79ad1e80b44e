// Demo only: the cashier that WeChat would show, played by the sandbox.

import { get, now } from "../api.js";
import { h } from "../dom.js";
import { passing } from "../keep.js";
import { cashierSpoke } from "../paying.js";
import { actButton, notice, Told } from "../parts.js";
import { back, go } from "../router.js";
import { isDemo } from "../wechat.js";
import { yuan } from "../words.js";

export default async function cashier({ params, signal }) {
  const order = passing.read(`order.${params.id}`);
  if (!isDemo() || !order) {
    go(`pay/${params.id}`, { replace: true });
    return null;
  }
  const visit = await get(`/appointments/${params.id}`, { signal });
  const leave = `pay/${params.id}`;
  return {
    title: "演示收银台",
    otherwise: leave,
    body: [
      notice("这是演示,不会扣真钱。真正使用时,这里是微信自己的付款页。"),
      h("section", { class: "card center" }, h("p", {}, "云河县人民医院"), h("p", { class: "amount" }, yuan(visit.fee_fen))),
    ],
    foot: [
      actButton("确认付款", () => play(order, "success", params.id, leave), { kind: "primary", busy: "正在付款…" }),
      actButton("不付了", () => play(order, "cancel", params.id, leave), { kind: "quiet" }),
    ],
  };
}

/** What the person does at this cashier; shared with the cashier for drugs. */
export async function play(order, outcome, id, leave) {
  const prepay = order.package.replace("prepay_id=", "");
  const answer = await fetch("/sandbox/wechat/pay", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ prepay_id: prepay, outcome, ...order }),
  }).catch(() => null);
  if (!answer) throw new Told("网络不通,不知道付成了没有。请返回看看,先不要再付。");
  if (!answer.ok) throw new Told(`付款没有成功:${(await answer.json()).error}`);
  if (outcome === "success") passing.write(`paid.${id}`, now());
  cashierSpoke(id);
  passing.forget(`order.${id}`);
  back(leave);
}
