// File a complaint: about a visit or an appointment (from its page), or about anything of a house.

import { get, post, Refused } from "../api.js";
import { CATEGORIES } from "../complaint.js";
import { h } from "../dom.js";
import { actButton, markFields, notice, Told } from "../parts.js";
import { go } from "../router.js";
import { current, family, nameOf } from "../session.js";

export default async function file({ query, signal }) {
  const about = query.about ?? "other";
  const [people, chosen, { promise }] = await Promise.all([family(signal), current(signal), get("/complaints", { signal, again: true })]);
  if (!people.length) {
    go("family", { replace: true });
    return null;
  }
  const houses = about === "other" ? (await get("/organizations", { signal })).items : [];
  const form = h(
    "form",
    { class: "fields", novalidate: true },
    about === "other" && [
      pick("patient_id", "谁的事", people.map((one) => [one.id, nameOf(one)]), chosen?.id),
      pick("organization_id", "哪家医院", [["", "请选择"], ...houses.map((one) => [one.id, one.name])]),
    ],
    pick("category", "什么事", [["", "请选择"], ...CATEGORIES]),
    h(
      "div",
      { class: "field", "data-field": "text" },
      h("label", { for: "f-text", class: "field__label" }, "怎么回事"),
      h("p", { class: "field__hint" }, "什么时候、在哪里、发生了什么、希望怎么办"),
      h("textarea", { id: "f-text", name: "text", class: "input", rows: "6", maxlength: "1000" }),
    ),
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  return {
    title: "我要投诉",
    otherwise: "complaints",
    body: [notice(`医院门诊办公室会看到,您的医生看不到。卫健局监督。${promise}`), form],
    foot: actButton("提交投诉", () => send(form, about, query), { kind: "primary", busy: "正在提交…" }),
  };
}

function pick(field, label, options, value = "") {
  return h(
    "div",
    { class: "field", "data-field": field },
    h("label", { for: `f-${field}`, class: "field__label" }, label),
    h("select", { id: `f-${field}`, name: field, class: "input" }, options.map(([key, words]) => h("option", { value: key, selected: key === value }, words))),
  );
}

async function send(form, about, query) {
  const entry = { about, ...Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()])) };
  const missing = Object.keys(entry).filter((name) => !entry[name]);
  if (missing.length) {
    markFields(form, missing.map((field) => ({ field, message: "这一项还没有填。" })));
    throw new Told("还有没填的,红字标出来了。");
  }
  if (about !== "other") Object.assign(entry, { about_id: query.id, patient_id: query.patient });
  try {
    const made = await post("/complaints", entry, { act: `complain.${about}.${query.id ?? ""}.${entry.text.length}` });
    go(`complaints/${made.id}`, { replace: true });
  } catch (problem) {
    if (problem instanceof Refused && problem.errors.length) markFields(form, problem.errors);
    throw problem;
  }
}
