// One person of the family: what is known, what I may do for them, and letting go.

import { get, remove } from "../api.js";
import { h } from "../dom.js";
import { actButton, empty, facts, fold } from "../parts.js";
import { go } from "../router.js";
import { family, familyChanged, nameOf, RELATIONS, SCOPES, SEXES } from "../session.js";
import { age, isoDay } from "../words.js";

export default async function relative({ params, signal, again }) {
  const patient = (await family(signal)).find((one) => one.id === params.id);
  if (!patient) {
    return { title: "家人", otherwise: "family", body: empty("没有这位家人", "可能已经移除了。") };
  }
  const others = patient.relation === "self" ? (await get("/proxies", { signal })).items : [];
  return {
    title: patient.name,
    otherwise: "family",
    body: [
      h("section", { class: "card" }, facts([
        ["姓名", patient.name],
        ["和我的关系", RELATIONS[patient.relation]],
        ["性别年龄", `${SEXES[patient.sex]} ${age(patient.birth_date)} 岁`],
        ["证件", patient.id_number_masked],
        ["手机", patient.phone_masked],
        ["我能代办", patient.scopes.map((scope) => SCOPES[scope] ?? scope).join("、")],
        ["到哪天为止", patient.until && isoDay(patient.until)],
      ])),
      others.length > 0 && [h("h2", {}, "谁在替我办"), others.map((one) => proxy(one, again))],
      fold(
        `移除${patient.relation === "self" ? "我自己" : "这位家人"}`,
        h("p", {}, "移除以后,这个微信不能再代约号、看资料。看病记录还在医院,不会删。以后可以再添加。"),
        h("div", { "data-complaints": true }, actButton(`移除 ${nameOf(patient)}`, () => letGo(patient), { kind: "danger" })),
      ),
    ],
  };
}

/** Somebody who acts for me: what they may do, and an end to it whenever I like. */
function proxy(one, again) {
  const name = one.owner || "没有实名的微信";
  const stop = async () => {
    await remove(`/proxies/${one.id}`);
    await again();
  };
  return h("section", { class: "card", "data-complaints": true }, [
    facts([
      ["微信的主人", name],
      ["手机", one.phone_masked],
      [one.pending ? "想代办" : "能代办", one.scopes.map((scope) => SCOPES[scope] ?? scope).join("、")],
      ["到哪天为止", !one.pending && one.until && isoDay(one.until)],
    ]),
    one.pending && h("p", {}, "您还没有同意,现在什么也看不到、办不了。"),
    actButton(one.pending ? `不同意 ${name}` : `不要 ${name} 代办了`, stop, { kind: "danger", busy: "正在停…" }),
  ]);
}

async function letGo(patient) {
  await remove(`/patients/${patient.id}`);
  familyChanged();
  go("family", { replace: true });
}
