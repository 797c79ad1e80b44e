// Ordering drugs that are carried: what the two screens of the way share.

import { get, post } from "./api.js";
import { h } from "./dom.js";
import { facts } from "./parts.js";
import { go } from "./router.js";
import { yuan } from "./words.js";

/** The way as it stands now; null when it is not open, and then the choice is made anew. */
export async function openWay(id, name, signal) {
  const { items } = await get(`/medication-requests/${id}/ways`, { signal });
  const found = items.find((way) => way.way === name && way.open);
  if (!found) go(`medicines/${id}/ways`, { replace: true });
  return found ?? null;
}

/** From which pharmacy: a choice where there are several, a line where there is one. */
export function pharmacyField(way) {
  const [only] = way.pharmacies;
  if (way.pharmacies.length === 1) {
    return [facts([["哪家药房发", only.name]]), () => only.id];
  }
  const list = h(
    "select",
    { id: "f-pharmacy", class: "input" },
    way.pharmacies.map((place) => h("option", { value: place.id }, place.name)),
  );
  const field = h("div", { class: "field" }, h("label", { for: "f-pharmacy", class: "field__label" }, "哪家药房发"), list);
  return [field, () => list.value];
}

/** What it costs, in its parts. */
export const costs = (way) =>
  facts([
    ["药费", yuan(way.drugs_fen)],
    ["配送费", way.delivery_fen ? yuan(way.delivery_fen) : "不收"],
    ["代煎费", way.decoction_fen > 0 && yuan(way.decoction_fen)],
    ["一共", h("b", {}, yuan(way.amount_fen))],
  ]);

/** Order, and back to the prescription, where it is paid. */
export async function order(id, body) {
  const place = body.clinic_id ?? body.address_id;
  await post(`/medication-requests/${id}/order`, body, { act: `drug-order.${id}.${body.pharmacy_id}.${place}` });
  go(`medicines/${id}`, { replace: true });
}
