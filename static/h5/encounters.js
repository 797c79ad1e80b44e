// Online visits: what their screens share.

import { h, icon } from "./dom.js";
import { badge, linkButton, nextStep } from "./parts.js";

const LOOKS = {
  planned: "waiting",
  waiting: "waiting",
  away: "returned",
  called: "urgent",
  in_progress: "progress",
  finished: "done",
  terminated: "danger",
  did_not_happen: "returned",
  cancelled: "neutral",
};

export const isOver = (visit) =>
  ["finished", "terminated", "did_not_happen", "cancelled"].includes(visit.status);

export const stateOf = (visit) => badge(visit.status_name, LOOKS[visit.status]);

/** 刘明华 主任医师 · 心内科. */
export function doctorWords(visit) {
  const doctor = [visit.practitioner_name, visit.practitioner_title].filter(Boolean).join(" ");
  return [doctor, visit.department_name].filter(Boolean).join(" · ");
}

/** 2 条新消息; nothing when all is read. */
export const unreadOf = ({ unread }) =>
  unread > 0 && h("span", { class: "badge badge--progress" }, icon("chat"), `${unread} 条新消息`);

/** What the one button does now: its words and its place. */
export function callOf(visit) {
  const path = `visits/${visit.id}`;
  if (visit.status === "called") return ["医生叫您了,进去", path];
  if (visit.status === "in_progress") return ["接着看医生", path];
  if (visit.status === "planned") return ["接着办", path];
  return [isOver(visit) ? "看结果" : "看排到哪里", path];
}

/** A visit under way, for the home page. */
export function summary(visit) {
  const [words, path] = callOf(visit);
  return h(
    "section",
    { class: "card card--call", "aria-label": "在线复诊" },
    h("div", { class: "badges" }, stateOf(visit), unreadOf(visit)),
    h("p", {}, h("b", {}, visit.patient_name), ` 在线看 ${doctorWords(visit)}`),
    nextStep(visit.next_step),
    linkButton(words, path, { kind: "primary" }),
  );
}
