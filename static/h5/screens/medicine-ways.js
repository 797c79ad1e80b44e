// How the drugs come: fetched, to the village clinic, to the door. Prices first, and why one is not open.

import { get } from "../api.js";
import { h } from "../dom.js";
import { badge, facts, linkButton, notice } from "../parts.js";
import { yuan } from "../words.js";

const PLACES = { pick_up: "pharmacies", village: "village", door: "door" };
const CALLS = { pick_up: "选药房", village: "选卫生室", door: "选地址" };

export default async function ways({ params, signal }) {
  const found = await get(`/medication-requests/${params.id}/ways`, { signal });
  return {
    title: "怎么拿药",
    otherwise: `medicines/${params.id}`,
    body: [
      h("p", { class: "next" }, "选一种,下一步再付款。付款前药给您留 30 分钟。"),
      found.items.map((way) => card(way, params.id)),
      notice(found.note, "progress"),
    ],
  };
}

function card(way, id) {
  return h(
    "section",
    { class: "card", "data-testid": `way-${way.way}` },
    h("h2", {}, way.name),
    way.open ? h("p", { class: "soft" }, way.hint) : badge("不能选", "neutral"),
    way.open
      ? facts([
          ["药费", yuan(way.drugs_fen)],
          ["配送费", way.way !== "pick_up" && (way.delivery_fen ? yuan(way.delivery_fen) : "不收")],
          ["代煎费", way.decoction_fen > 0 && yuan(way.decoction_fen)],
          ["一共", h("b", {}, yuan(way.amount_fen))],
        ])
      : h("p", {}, way.why),
    way.open && linkButton(CALLS[way.way], `medicines/${id}/${PLACES[way.way]}`, { kind: "primary" }),
  );
}
