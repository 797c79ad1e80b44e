// 谁看过病历: day and time, who, and on what ground. One sitting of one person is one card.

import { get, now } from "../api.js";
import { h } from "../dom.js";
import { olderBelow } from "../more.js";
import { badge, empty, facts, linkButton, notice } from "../parts.js";
import { family, nameOf } from "../session.js";
import { clock, when } from "../words.js";

const LIMIT = 20;

export default async function openings({ params, signal }) {
  const path = `/patients/${params.id}/record-accesses`;
  const [page, all] = await Promise.all([get(path, { signal, query: { limit: LIMIT } }), family(signal)]);
  const patient = all.find((one) => one.id === params.id);
  const list = h("div", { class: "fields" }, page.items.map(card));
  return {
    title: "谁看过病历",
    otherwise: `family/${params.id}`,
    body: [
      patient && h("p", {}, `${nameOf(patient)}的病历,每次有人打开,都会记在这里。`),
      page.items.length > 0 && notice(page.asking),
      page.items.length
        ? [list, olderBelow(path, page, { list, card, limit: LIMIT, signal })]
        : empty("还没有人看过", "医生、窗口或者别的机构看了病历,会写在这里。"),
    ],
    foot: page.items.length > 0 && linkButton("投诉", "complaints/new"),
  };
}

function card(one) {
  const urgent = one.emergencies.length > 0;
  return h(
    "section",
    { class: "card" },
    h("h2", {}, span(one)),
    urgent && badge("紧急打开", "danger"),
    h("p", {}, h("b", {}, one.name), ` ${one.role}`, h("br"), one.organization_name),
    facts([
      ["为什么", one.grounds.map((ground) => ground.name).join(";")],
      ["做了什么", one.what.join("、")],
      ["写的理由", one.emergencies.map((each) => each.reason).join(";")],
      ["核查", one.emergencies.map((each) => each.review_name).join(";")],
    ]),
    one.organization_phone &&
      h("a", { class: "button button--quiet", href: `tel:${one.organization_phone}` }, `打电话问:${one.organization_phone}`),
  );
}

/** 今天 09:03 到 09:20, and one time when it was only a moment. Never crosses midnight. */
function span(one) {
  const end = clock(one.ended_at);
  return clock(one.began_at) === end ? when(one.began_at, now()) : `${when(one.began_at, now())} 到 ${end}`;
}
