// 化验结果: one sample is one card, each result beside what is usual, and one kind sentence.

import { get } from "../api.js";
import { h } from "../dom.js";
import { olderBelow } from "../more.js";
import { empty, notice } from "../parts.js";
import { family, nameOf } from "../session.js";

const LIMIT = 10;

export default async function laboratory({ params, signal }) {
  const path = `/patients/${params.id}/laboratory-reports`;
  const [page, all] = await Promise.all([get(path, { signal, query: { limit: LIMIT } }), family(signal)]);
  const patient = all.find((one) => one.id === params.id);
  const list = h("div", { class: "fields" }, page.items.map(card));
  return {
    title: "化验结果",
    otherwise: `family/${params.id}`,
    body: page.items.length
      ? [
          patient && h("p", {}, `${nameOf(patient)}的化验结果,由医生或护士照着化验单录入。`),
          notice(page.asking),
          list,
          olderBelow(path, page, { list, card, limit: LIMIT, signal }),
        ]
      : empty("还没有化验结果", "复诊时把化验单拍给医生,医生录入以后,这里就能看到。"),
  };
}

/** 2026年11月3日: results reach back over years. */
function dayOf(date) {
  const [year, month, day] = date.split("-").map(Number);
  return `${year}年${month}月${day}日`;
}

function card(one) {
  return h(
    "section",
    { class: "card" },
    h("h2", {}, dayOf(one.taken_on)),
    h("p", {}, one.laboratory_name, one.corrected && "(更正过)"),
    h("ul", { class: "results" }, one.results.map(result)),
    h("p", {}, one.note),
  );
}

function result(one) {
  return h(
    "li",
    { class: "results__one" },
    h("b", {}, one.name),
    h("span", {}, one.value, one.flag_name && h("b", { class: "results__flag" }, ` ${one.flag_name}`)),
    one.reference_range && h("span", { class: "results__range" }, `参考 ${one.reference_range}`),
  );
}
