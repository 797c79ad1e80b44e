// 谁能替我办事: other people's phones that act for me, and stopping one at once.

import { get, remove } from "../api.js";
import { h } from "../dom.js";
import { actButton, badge, empty, facts, notice } from "../parts.js";
import { SCOPES } from "../session.js";
import { isoDay } from "../words.js";

export default async function proxies({ signal, again }) {
  const { items } = await get("/proxies", { signal });
  return {
    title: "谁能替我办",
    otherwise: "account",
    body: [
      items.length
        ? items.map((one) => card(one, again))
        : empty("没有别人能替您办", "家人想替您约号,要您自己点头:验证码发到您的手机。"),
      notice("停掉不用说理由,马上生效。已经约好的号还在。"),
    ],
  };
}

function card(one, again) {
  const stop = async () => {
    await remove(`/proxies/${one.id}`);
    await again();
  };
  return h(
    "section",
    { class: "card", "data-complaints": true },
    one.pending ? badge("在等您同意", "waiting") : badge("正在替您办", "progress"),
    h("p", { class: "when" }, one.owner || "没有实名的微信"),
    facts([
      ["手机", one.phone_masked],
      ["能办什么", one.scopes.map((scope) => SCOPES[scope] ?? scope).join("、")],
      ["从哪天", isoDay(one.asked_at)],
      ["到哪天", one.until && isoDay(one.until)],
    ]),
    actButton(one.pending ? "不同意" : "不让他再替我办", stop, { kind: "danger", busy: "正在停…" }),
  );
}
