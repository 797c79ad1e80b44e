// Where to fetch the drugs: every pharmacy with its hours, whether it has all, and the price.

import { get, post } from "../api.js";
import { h } from "../dom.js";
import { actButton, badge, empty, facts } from "../parts.js";
import { go } from "../router.js";
import { distance, yuan } from "../words.js";

export default async function pharmacies({ params, signal }) {
  const path = `/medication-requests/${params.id}`;
  const list = h("div", { class: "fields" });
  const show = async (near) => {
    const page = await get(`${path}/pharmacies`, { signal, query: near ? { near } : {} });
    list.replaceChildren(...page.items.map((place) => card(place, params.id, path)));
    return page.items.length;
  };
  const found = await show("");
  return {
    title: "选药房",
    otherwise: `medicines/${params.id}/ways`,
    body: found
      ? [h("p", { class: "next" }, "选一家去取药。付款前药给您留 30 分钟,价格各家一样。"), nearest(show), list]
      : empty("现在没有药房可以选", "请给医院打电话问一问。"),
  };
}

function card(place, id, path) {
  const choose = async () => {
    await post(`${path}/order`, { pharmacy_id: place.id, way: place.way }, { act: `drug-order.${id}.${place.id}` });
    go(`medicines/${id}`, { replace: true });
  };
  return h(
    "section",
    { class: "card", "data-testid": "pharmacy", "data-complaints": true },
    h("h2", {}, place.name),
    badge(place.in_stock ? "药齐,可以取" : "药不齐", place.in_stock ? "done" : "neutral"),
    facts([
      ["医院", place.organization_name],
      ["地址", place.address],
      ["距离", place.distance_m !== null && distance(place.distance_m)],
      ["开门", place.hours],
      ["一共", place.in_stock && yuan(place.amount_fen)],
    ]),
    place.in_stock && actButton("在这家取", choose, { kind: "primary", busy: "正在留药…" }),
  );
}

/** Only when asked for, and only for this question. */
function nearest(show) {
  if (!navigator.geolocation) return false;
  const ask = () =>
    new Promise((resolve, reject) => {
      navigator.geolocation.getCurrentPosition(resolve, reject, { timeout: 10_000, maximumAge: 300_000 });
    });
  return actButton("看哪家最近", async () => {
    const place = await ask().catch(() => null);
    if (place) await show(`${place.coords.latitude.toFixed(4)},${place.coords.longitude.toFixed(4)}`);
  }, { kind: "quiet", busy: "正在找…" });
}
