// What the doctor has written and signed after an online visit, in the order a patient needs it.

import { h } from "./dom.js";
import { facts, fold, linkButton, notice } from "./parts.js";
import { now } from "./api.js";
import { when } from "./words.js";

/** The summary of a visit with a signed note; nothing while there is none. */
export function summaryOf({ id, note, status, practitioner_id: doctor }) {
  if (!note) return [];
  const fit = status === "finished"; // else the way leads to a hospital, not back to this doctor
  return [
    h(
      "section",
      { class: "card", "data-testid": "summary" },
      part("看的什么病", h("p", { class: "when" }, note.diagnoses.join("、"))),
      part("回家怎么做", words(note.advice)),
      note.orders.length > 0 && part("要做的检查和随访", list(note.orders), h("p", { class: "soft" }, "检查和化验到医院或卫生院做,由那里的医生开单。")),
      note.refer_to && part("要去的地方", words(note.refer_to)),
      (fit || note.next_on) && part("什么时候再来", again(note)),
      fit && note.next_way !== "clinic" && linkButton("再约这位医生", `doctors/${doctor}`),
      notice(note.alarm, "danger"),
    ),
    fold(
      "医生看到的和怎么处理的",
      facts([
        ["看到的", note.findings],
        ["处理", note.plan],
      ]),
    ),
    h("p", { class: "soft" }, `${note.signed_by} ${note.signed_title}(${note.signed_organization})${when(note.signed_at, now())} 签名`),
    linkButton("病历(PDF,可以存、可以打印)", `visits/${id}/paper`),
    note.version > 1 && notice(`医生后来补充过:${note.correction}`, "progress"),
  ];
}

const part = (title, ...body) => [h("h2", {}, title), ...body];
const words = (text) => h("p", { class: "prewrap" }, text);
const list = (lines) => h("ul", {}, lines.map((line) => h("li", {}, line)));

const named = (day) => `${Number(day.slice(5, 7))} 月 ${Number(day.slice(8))} 日`;
const WAYS = { online: "在线复诊", clinic: "到医院门诊" };

function again({ next_on: day, next_way: way, follow_up: after, follow_by: last }) {
  const date = day ? `${named(day)}左右` : "";
  const team = after && last ? `${after}(${named(last)}前)` : after;
  const lines = [[date, WAYS[way]].filter(Boolean).join(","), team].filter(Boolean);
  return words(lines.join("\n") || "医生没有定日子。药快吃完了,或者有不舒服,就再约。");
}
