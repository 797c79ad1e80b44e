// Demo only: the cashier that WeChat would show for a contract, played by the sandbox.

import { get } from "../api.js";
import { h } from "../dom.js";
import { passing } from "../keep.js";
import { actButton, notice } from "../parts.js";
import { go } from "../router.js";
import { isDemo } from "../wechat.js";
import { yuan } from "../words.js";
import { play } from "./cashier.js";

export default async function cashier({ params, signal }) {
  const order = passing.read(`order.${params.id}`);
  const leave = "family-doctor";
  if (!isDemo() || !order) {
    go(leave, { replace: true });
    return null;
  }
  const one = await get(`/contracts/${params.id}`, { signal });
  return {
    title: "演示收银台",
    otherwise: leave,
    body: [
      notice("这是演示,不会扣真钱。真正使用时,这里是微信自己的付款页。"),
      h("section", { class: "card center" }, h("p", {}, one.team.organization_name), h("p", { class: "amount" }, yuan(one.own_fen))),
    ],
    foot: [
      actButton("确认付款", () => play(order, "success", params.id, leave), { kind: "primary", busy: "正在付款…" }),
      actButton("不付了", () => play(order, "cancel", params.id, leave), { kind: "quiet" }),
    ],
  };
}
