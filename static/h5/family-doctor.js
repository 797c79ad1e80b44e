// What the screens of the family doctor share: whose contract, the team, its people.

import { get } from "./api.js";
import { h } from "./dom.js";
import { badge, facts } from "./parts.js";
import { yuan } from "./words.js";

export const LOOKS = {
  applied: "waiting",
  reviewed: "waiting",
  signed: "progress",
  active: "done",
  refused: "returned",
  terminated: "returned",
};
const PENDING = ["applied", "reviewed", "signed"];

/** The contracts of one patient: in force, on its way, and the latest that is over. */
export async function contractsOf(patient, signal) {
  const { items } = await get("/contracts", { signal, query: { patient_id: patient.id }, again: true });
  return {
    active: items.find((one) => one.status === "active"),
    pending: items.find((one) => PENDING.includes(one.status)),
    last: items.find((one) => one.status !== "active" && !PENDING.includes(one.status)),
  };
}

/** A team with its people; an initial stands in place of a photograph. */
export function teamCard(team, ...more) {
  return h(
    "section",
    { class: "card", "data-testid": "care-team" },
    h("h2", {}, team.name),
    h("p", { class: "soft" }, team.organization_name),
    team.words && h("p", {}, team.words),
    h("ul", { class: "people" }, team.members.map(member)),
    team.phone && h("p", {}, "电话 ", h("a", { href: `tel:${team.phone}` }, team.phone)),
    more,
  );
}

function member(one) {
  return h(
    "li",
    { class: "people__one" },
    h("span", { class: "people__face", "aria-hidden": "true" }, one.initial),
    h("span", {}, h("b", {}, one.name), ` ${one.role_name} `, one.responsible && badge("责任医生", "done"), h("span", { class: "soft" }, h("br"), `${one.title} ${one.organization_name}`)),
  );
}

/** What it costs, said in full. */
export function priceWords(one) {
  if (!one.price_fen) return "免费";
  return one.insurer_fen ? `${yuan(one.price_fen)},医保付 ${yuan(one.insurer_fen)},您付 ${yuan(one.own_fen)}` : yuan(one.price_fen);
}

/** The term and the money of a contract. */
export const termOf = (one) =>
  facts([
    ["协议编号", one.number],
    ["期限", one.starts_on ? `${one.starts_on} 到 ${one.ends_on}` : `${one.years} 年,从生效那天算`],
    ["费用", priceWords(one)],
    ["您签字", one.resident_signed ? "签了" : "还没有"],
    ["责任医生", one.doctor_name && `${one.doctor_name}${one.doctor_signed ? "(签了)" : "(还没有签)"}`],
  ]);
