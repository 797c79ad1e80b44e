// Choose a team and packages, read the agreement, ask. One's own village's team is first.

import { get, post } from "../api.js";
import { h } from "../dom.js";
import { contractsOf, priceWords, teamCard } from "../family-doctor.js";
import { actButton, badge, empty, Told } from "../parts.js";
import { agreementTexts, reading } from "../reading.js";
import { go } from "../router.js";
import { current } from "../session.js";

export default async function ask({ query, signal }) {
  const patient = await current(signal);
  if (!patient) {
    go("family", { replace: true });
    return null;
  }
  const [teams, packages, texts, { active, pending }] = await Promise.all([
    get("/care-teams", { signal, query: { patient_id: patient.id } }),
    get("/service-packages", { signal }),
    agreementTexts(signal),
    contractsOf(patient, signal),
  ]);
  const text = texts.find((one) => one.needed_for === "contract");
  const shown = { title: active && !query.change ? "续签" : "家庭医生签约", otherwise: "family-doctor" };
  if (pending) {
    go("family-doctor", { replace: true });
    return null;
  }
  const choices = choicesOf(teams.items, active, query.change);
  if (!choices.length || !packages.items.length) return { ...shown, body: empty("现在还不能签约", "本地还没有可以签的团队,请到村卫生室问问。") };
  const form = h("form", { class: "fields" }, teamsOf(choices), packagesOf(packages.items, active), yearsOf(packages.years));
  form.addEventListener("submit", (event) => event.preventDefault());
  return {
    ...shown,
    body: [form, h("section", { class: "card" }, h("h2", {}, text.title), reading(text.text))],
    foot: actButton("我看完了,同意并申请", () => send(form, patient, text), { kind: "primary", busy: "正在申请…" }),
  };
}

/** A renewal stays with the team, a change leaves it out. */
function choicesOf(teams, active, change) {
  if (!active) return teams;
  return teams.filter((team) => (team.id === active.team.id) !== Boolean(change));
}

function teamsOf(teams) {
  return h(
    "fieldset",
    { class: "choices" },
    h("legend", { class: "choices__legend" }, "选哪个团队"),
    teams.map((team, at) =>
      h(
        "div",
        { class: "card" },
        h("label", { class: "choice" }, h("input", { type: "radio", name: "team_id", value: team.id, checked: at === 0 }), h("span", { class: "choice__text" }, h("b", {}, team.name), team.near && [" ", badge("负责您的村", "done")], h("small", {}, team.organization_name))),
        h("details", { class: "fold" }, h("summary", {}, `看看团队里有谁(${team.members.length} 人)`), teamCard(team)),
      ),
    ),
  );
}

function packagesOf(items, active) {
  const had = new Set((active?.items ?? []).map((item) => item.name));
  return h(
    "fieldset",
    { class: "choices" },
    h("legend", { class: "choices__legend" }, "要哪些服务"),
    items.map((one) => {
      const on = one.basic || one.items.some((item) => had.has(item.name));
      return h(
        "label",
        { class: "choice" },
        h("input", { type: "checkbox", name: "package_ids", value: one.id, checked: on, disabled: one.basic && on, "data-basic": one.basic }),
        h("span", { class: "choice__text" }, h("b", {}, one.name), ` ${priceWords(one)}${one.price_fen ? " 一年" : ""}`, one.basic && " · 人人都有", h("small", {}, one.items.map((item) => `${item.name} 一年 ${item.times} 次(${item.mode_name})`).join(";"))),
      );
    }),
  );
}

function yearsOf(most) {
  const years = Array.from({ length: most }, (_, at) => at + 1);
  return h(
    "div",
    { class: "field" },
    h("label", { for: "f-years", class: "field__label" }, "签几年"),
    h("select", { id: "f-years", name: "years", class: "input" }, years.map((n) => h("option", { value: String(n) }, `${n} 年`))),
  );
}

async function send(form, patient, text) {
  const team = form.querySelector("[name=team_id]:checked");
  const chosen = [...form.querySelectorAll("[name=package_ids]:checked")].map((one) => one.value);
  if (!team) throw new Told("请先选一个团队。");
  const entry = {
    patient_id: patient.id,
    team_id: team.value,
    package_ids: chosen,
    years: Number(form.querySelector("[name=years]").value),
    consents: [{ kind: text.kind, version: text.version }],
  };
  const made = await post("/contracts", entry, { act: `contract.ask.${JSON.stringify(entry)}` });
  go(`family-doctor/${made.id}/sign`, { replace: true });
}
