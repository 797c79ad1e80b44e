// 打疫苗: what a child is to be given now and where, what comes next, what was given.

import { get } from "../api.js";
import { h } from "../dom.js";
import { badge, empty, notice } from "../parts.js";
import { family, nameOf } from "../session.js";

const LOOKS = { due: "progress", late: "danger", unrecorded: "waiting", later: "neutral" };

export default async function immunizations({ params, signal }) {
  const [all, record] = await Promise.all([family(signal), get(`/patients/${params.id}/immunizations`, { signal })]);
  const patient = all.find((one) => one.id === params.id);
  const shown = { title: "打疫苗", otherwise: `family/${params.id}` };
  if (!record.given.length && !record.checked_on) return { ...shown, body: empty(patient ? `${nameOf(patient)}的疫苗` : "打疫苗", record.note) };
  return {
    ...shown,
    body: [
      patient && h("p", {}, h("b", {}, nameOf(patient)), record.checked_on && ` ${dayOf(record.checked_on)}团队对过接种证`),
      record.note && notice(record.note, "waiting"),
      record.checked_on && now(record),
      record.coming.length > 0 && section("以后要打的", record.coming, (one) => [`${dayOf(one.opens_on)}起`]),
      record.given.length > 0 && section("打过的", record.given, (one) => [dayOf(one.given_on), one.place && ` ${one.place}`]),
    ],
  };
}

function now(record) {
  if (!record.due.length) return notice("到今天该打的都打了。到日子会提醒您。", "done");
  return [
    h(
      "section",
      { class: "card card--call", "data-testid": "due" },
      h("h2", {}, "现在该打的"),
      h("ul", { class: "results" }, record.due.map(due)),
      h("p", { class: "next" }, h("b", {}, "到哪里:"), record.where),
    ),
    notice(record.asking),
  ];
}

function due(one) {
  return h(
    "li",
    { class: "results__one" },
    h("b", {}, one.name),
    h("span", {}, badge(one.state_name, LOOKS[one.state])),
    h("span", { class: "results__range" }, `防${one.against}`),
    one.state === "due" && h("span", { class: "results__range" }, `最晚 ${dayOf(one.last_on)}`),
  );
}

function section(title, items, words) {
  return h(
    "section",
    { class: "card" },
    h("h2", {}, title),
    h("ul", { class: "results" }, items.map((one) => h("li", { class: "results__one" }, h("b", {}, one.name), h("span", {}, words(one))))),
  );
}

/** 2026年11月3日: doses reach over years. */
function dayOf(date) {
  const [year, month, day] = date.split("-").map(Number);
  return `${year}年${month}月${day}日`;
}
