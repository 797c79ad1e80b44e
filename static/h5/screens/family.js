// Whose turn is it: choose in whose name things are done; add somebody.

import { h, icon } from "../dom.js";
import { badge, empty, linkButton, notice, row, rows } from "../parts.js";
import { back } from "../router.js";
import { choose, current, family, mayBegin, nameOf, SEXES } from "../session.js";
import { age } from "../words.js";

export default async function familyScreen({ signal }) {
  const all = await family(signal, { fresh: true });
  const mine = await current(signal);
  const able = all.filter(mayBegin);
  const gone = all.filter((patient) => patient.deceased_on);
  const open = all.filter((patient) => patient.needs_proof);
  const hasSelf = all.some((patient) => patient.relation === "self");
  return {
    title: "家人",
    body: [
      able.length > 0 && [h("h2", {}, "现在给谁看病"), h("ul", { class: "rows" }, able.map((one) => line(one, mine)))],
      open.length > 0 && [
        h("h2", {}, "还差一步"),
        rows(...open.map((one) => row(`family/${one.id}/proof`, nameOf(one), "等验证码", { right: badge("没办完", "waiting") }))),
      ],
      gone.length > 0 && [
        h("h2", {}, "已故的家人"),
        rows(...gone.map((one) => row(`family/${one.id}`, nameOf(one), one.scopes.includes("view") ? "病历还可以看" : "", { right: badge("已故", "neutral") }))),
      ],
      !all.length && empty("还没有添加看病的人", "先添加您自己,再添加家人。"),
      able.length > 0 && [
        h("h2", {}, "看资料或者移除"),
        rows(...able.map((one) => row(`family/${one.id}`, nameOf(one), one.id_number_masked))),
      ],
      notice("您自己,再加 5 位家人。"),
    ],
    foot: linkButton(hasSelf ? "添加家人" : "添加我自己", hasSelf ? "family/add" : "family/add/self", {
      kind: able.length ? "" : "primary",
    }),
  };
}

function line(patient, mine) {
  const chosen = patient.id === mine?.id;
  const pick = () => {
    choose(patient.id);
    back("");
  };
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: "row-link", "aria-pressed": String(chosen), onclick: pick },
      icon("patient"),
      h("span", { class: "row-link__text" }, h("b", {}, nameOf(patient)), h("span", {}, `${SEXES[patient.sex]} ${age(patient.birth_date)} 岁`)),
      chosen ? h("span", { class: "row-link__right" }, badge("现在是", "done")) : h("span", { class: "row-link__right" }, "选这位"),
    ),
  );
}
