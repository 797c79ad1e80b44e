// One person of the family: what is known, what I may do for them, and letting go.

import { get, remove } from "../api.js";
import { h } from "../dom.js";
import { actButton, empty, facts, fold, notice, row, rows } from "../parts.js";
import { go } from "../router.js";
import { family, familyChanged, nameOf, RELATIONS, SCOPES, SEXES } from "../session.js";
import { age, lastDay, noonOf } from "../words.js";

export default async function relative({ params, signal, again }) {
  const patient = (await family(signal)).find((one) => one.id === params.id);
  if (!patient) {
    return { title: "家人", otherwise: "family", body: empty("没有这位家人", "可能已经移除了。") };
  }
  const own = patient.relation === "self";
  const gone = Boolean(patient.deceased_on);
  const others = own && !gone ? (await get("/proxies", { signal })).items : [];
  return {
    title: patient.name,
    otherwise: "family",
    body: [
      gone && farewell(patient),
      h("section", { class: "card" }, facts([
        ["姓名", patient.name],
        ["和我的关系", !own && RELATIONS[patient.relation]],
        ["性别年龄", gone ? SEXES[patient.sex] : `${SEXES[patient.sex]} ${age(patient.birth_date)} 岁`],
        ["证件", patient.id_number_masked],
        ["手机", patient.phone_masked],
        ["我能代办", !own && !gone && patient.scopes.map((scope) => SCOPES[scope] ?? scope).join("、")],
        ["到哪天为止", patient.until && lastDay(patient.until)],
      ])),
      patient.scopes.includes("view") &&
        rows(
          age(patient.birth_date) < 18 && row(`family/${patient.id}/immunizations`, "打疫苗", "打过哪些,下一针什么时候", { name: "shield" }),
          row(`family/${patient.id}/readings`, "血压血糖", gone ? "以前在家量的" : "在家量的记在这里,家庭医生看得到", { name: "heart" }),
          row(`family/${patient.id}/laboratory`, "化验结果", "医生照着化验单录入的", { name: "sheet" }),
          row(`family/${patient.id}/openings`, "谁看过病历", "哪天、哪家机构的谁、为什么", { name: "eye" }),
        ),
      own && !gone && [
        h("h2", {}, "谁在替我办"),
        others.length ? others.map((one) => proxy(one, again)) : h("p", {}, "现在没有别人替您办事。"),
      ],
      fold(
        `移除${own ? "我自己" : "这位家人"}`,
        h("p", {}, "移除以后,这个微信不能再代约号、看资料。看病记录还在医院,不会删。以后可以再添加。"),
        h("div", { "data-complaints": true }, actButton(`移除 ${nameOf(patient)}`, () => letGo(patient), { kind: "danger" })),
      ),
    ],
  };
}

/** What is still possible for somebody who has died, and what has ended by itself. */
function farewell(patient) {
  return notice(
    `${patient.name}已于 ${lastDay(noonOf(patient.deceased_on))}去世,请您节哀。`,
    "progress",
    patient.scopes.includes("view") && h("p", {}, "以前的病历、化验和处方,您还可以看。"),
    h("p", {}, "不能再预约、签约;没到的预约已经取消,付过的钱原路退回。以后也不再发提醒。"),
    h("p", {}, "登记得不对,请到村卫生室更正。"),
  );
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
      ["到哪天为止", !one.pending && one.until && lastDay(one.until)],
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
