// One appointment, as a card: when, with whom, where, how it stands, what to do next.

import { now } from "./api.js";
import { h } from "./dom.js";
import { badge, linkButton, nextStep } from "./parts.js";
import { when, yuan } from "./words.js";

const LOOKS = {
  held: "waiting",
  booked: "progress",
  checked_in: "waiting",
  called: "urgent",
  in_service: "progress",
  done: "done",
  cancelled: "neutral",
  no_show: "returned",
  expired: "neutral",
};

const AHEAD = ["held", "booked", "checked_in", "called", "in_service"];

/** Something is still to come, or to be chosen after a stop. */
export const isAhead = (visit) => AHEAD.includes(visit.status) || visit.remedy?.state === "open";

/** The state as a badge; a clinic that the hospital stopped stands out. */
export function stateOf(visit) {
  return badge(visit.status_name, visit.remedy ? "danger" : LOOKS[visit.status]);
}

/** 刘明华 主任医师 · 心血管内科. */
export function whom(visit) {
  const doctor = [visit.practitioner_name, visit.practitioner_title].filter(Boolean).join(" ");
  return [doctor, visit.department_name].filter(Boolean).join(" · ");
}

/** 云河县人民医院 门诊楼 2 层 203. */
export const where = (visit) => `${visit.organization_name} ${visit.place}`.trim();

/** What the one button of this appointment does now: its words and its place. */
export function callOf(visit) {
  if (visit.remedy?.state === "open") return ["选新时间或退钱", `appointments/${visit.id}`];
  if (visit.status === "held" && visit.fee_fen) return [`去付款 ${yuan(visit.fee_fen)}`, `pay/${visit.id}`];
  if (visit.status === "checked_in" || visit.status === "called") {
    return ["看排到几号", `appointments/${visit.id}`];
  }
  return ["查看预约", `appointments/${visit.id}`];
}

/** The card of one appointment. `instead`: the way and the next step of its online visit, once there
    is one; `more` stands beside the state. */
export function summary(visit, { call = false, more = false, instead = null } = {}) {
  const [words, path] = instead?.way ?? callOf(visit);
  return h(
    "section",
    { class: call ? "card card--call" : "card", "aria-label": "最近的预约" },
    h("div", { class: "badges" }, stateOf(visit), more),
    h("p", { class: "when" }, when(visit.start, now())),
    h("p", {}, h("b", {}, visit.patient_name), ` 看 ${whom(visit)}`),
    h("p", { class: "soft" }, where(visit)),
    nextStep(instead?.step ?? visit.next_step),
    linkButton(words, path, { kind: call ? "primary" : "" }),
  );
}
