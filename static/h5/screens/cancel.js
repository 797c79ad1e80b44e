// Giving an appointment up: the rule and the money in words, then one deliberate tap.

import { get, now, post } from "../api.js";
import { h } from "../dom.js";
import { actButton, empty, linkButton, nextStep } from "../parts.js";
import { go } from "../router.js";
import { whom } from "../visit.js";
import { when, yuan } from "../words.js";

export default async function cancel({ params, signal }) {
  const visit = await get(`/appointments/${params.id}`, { signal });
  const place = `appointments/${visit.id}`;
  if (!visit.cancel_until) return tooLate(visit, place);
  return {
    title: "取消预约",
    otherwise: place,
    body: [
      h("section", { class: "card" }, h("p", { class: "when" }, when(visit.start, now())), h("p", {}, h("b", {}, visit.patient_name), ` 看 ${whom(visit)}`)),
      h("ul", { class: "bullets" }, [
        h("li", {}, "取消以后号马上让给别人,要不回来。"),
        h("li", {}, money(visit)),
      ]),
      nextStep("想换时间的话,先取消,再重新约。"),
    ],
    foot: [
      actButton("确定取消", () => give(visit, place), { kind: "danger", busy: "正在取消…" }),
      linkButton("不取消", place, { kind: "primary" }),
    ],
  };
}

function money(visit) {
  if (!visit.fee_fen || visit.status === "held") return "没有付过钱,不用退。";
  if (visit.payment === "online") return `付的 ${yuan(visit.fee_fen)} 全部原路退回微信,一般 1 到 3 个工作日到账。`;
  if (visit.payment === "cash") return `付的现金 ${yuan(visit.fee_fen)} 到付钱的地方退。`;
  return "还没有付钱,不用退。";
}

async function give(visit, place) {
  await post(`/appointments/${visit.id}/cancellation`, {}, { act: `cancel.${visit.id}` });
  go(place, { replace: true });
}

function tooLate(visit, place) {
  const phone = visit.organization_phone;
  return {
    title: "取消预约",
    otherwise: place,
    body: empty(
      "这里不能取消了",
      "已经过了自己取消的时间。来不了请打电话说一声,号可以让给别人。",
      phone && h("a", { class: "button button--primary", href: `tel:${phone}` }, `打电话 ${phone}`),
      linkButton("返回预约", place),
    ),
  };
}
