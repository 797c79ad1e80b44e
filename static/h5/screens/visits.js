// 在线复诊: my visits, doctors who are there now, and how to book a time.

import { get, now } from "../api.js";
import { h } from "../dom.js";
import { doctorWords, isOver, stateOf, summary, unreadOf } from "../encounters.js";
import { empty, linkButton, notice, row, rows } from "../parts.js";
import { when, yuan } from "../words.js";

export default async function visits({ signal }) {
  const [mine, doctors] = await Promise.all([
    get("/encounters", { signal, again: true }),
    get("/online-doctors", { signal, again: true }),
  ]);
  const live = mine.items.filter((visit) => !isOver(visit));
  const over = mine.items.filter(isOver);
  return {
    title: "在线复诊",
    otherwise: "",
    body: [
      live.map(summary),
      notice("只能复诊:医院已经确诊过、这次还是同一个病。第一次看请到医院。急症打 120。"),
      h("h2", {}, "现在就能看的医生"),
      doctors.items.length
        ? rows(...doctors.items.map(doctorRow))
        : empty("现在没有医生在线", "可以先约一个时间。"),
      linkButton("约一个时间", "find", { kind: live.length ? "quiet" : "primary" }),
      over.length > 0 && [h("h2", {}, "以前的"), rows(...over.map(overRow))],
    ],
  };
}

function doctorRow(doctor) {
  const name = [doctor.practitioner_name, doctor.practitioner_title].filter(Boolean).join(" ");
  const where = [doctor.department_name, doctor.organization_name].filter(Boolean).join(" · ");
  const fee = doctor.fee_fen > 0 && `${yuan(doctor.fee_fen)},先约今天的号`;
  const path = fee ? `doctors/${doctor.practitioner_id}` : `visits/new?doctor=${doctor.practitioner_id}`;
  return row(path, name, [where, doctor.sentence, fee].filter(Boolean), { name: "video" });
}

function overRow(visit) {
  return row(`visits/${visit.id}`, `${visit.condition_name} · ${doctorWords(visit)}`, when(visit.asked_at, now()), {
    right: [stateOf(visit), unreadOf(visit)],
  });
}
