// A prescription on the phone: what its screens share, and its card on the home page.

import { h } from "./dom.js";
import { badge, linkButton, nextStep } from "./parts.js";
import { yuan } from "./words.js";

const OVER = ["picked_up", "received", "unclaimed", "rejected", "cancelled", "expired"];

export const isOver = (one) => OVER.includes(one.status);

export const stateOf = (one) => badge(one.status_name, one.status_kind);

/** 刘明华 副主任医师 · 云河县人民医院. */
export const doctorWords = (one) =>
  [`${one.practitioner_name} ${one.practitioner_title}`.trim(), one.organization_name].filter(Boolean).join(" · ");

/** What the one button does now: its words and its place. */
export function callOf(one) {
  const path = `medicines/${one.id}`;
  if (one.agreement?.awaited) return ["看说明,确认", path];
  if (one.status === "approved") return ["选怎么拿药,去付款", path];
  if (one.status === "pay_pending") return [`去付款 ${yuan(one.order.amount_fen)}`, path];
  if (one.order?.pick_up) return ["出示取药码", path];
  if (one.order?.carried?.state === "arrived") return ["出示收药码", path];
  return ["看进展", path];
}

/** One that something is to be done about, for the home page and the top of the list. */
export function summary(one) {
  const [words, path] = callOf(one);
  return h(
    "article", // no landmark each
    { class: "card card--call", "aria-label": "我的药" },
    stateOf(one),
    h("p", {}, h("b", {}, one.patient_name), ` 的处方,${doctorWords(one)}`),
    one.validity && h("p", { class: "soft" }, one.validity),
    nextStep(one.next_step),
    linkButton(words, path, { kind: "primary" }),
  );
}
