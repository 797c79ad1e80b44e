// One doctor: which clinic when there are several, then which day.

import { get, now } from "../api.js";
import { carry, doctorOf, freeWords, SERVICES, serviceOf, whoseTime } from "../clinic.js";
import { h } from "../dom.js";
import { empty, facts, linkButton, notice, row, rows } from "../parts.js";
import { dayWords, fullDay, noonOf, when, yuan } from "../words.js";

export default async function doctorScreen({ params, query, signal }) {
  const doctor = await doctorOf(params.id, signal);
  const service = serviceOf(doctor, query.s);
  const head = card(doctor, service);
  if (!service && doctor.services.length > 1) return choose(doctor, head, query);
  const days = await get("/schedule-days", { signal, query: whoseTime(params.id, service) });
  return {
    title: doctor.name,
    otherwise: "find",
    body: [
      query.move && notice("您在改约:选好新时间,原来付的钱跟着走。"),
      head,
      days.items.length
        ? [h("h2", {}, "选哪一天"), rows(...days.items.map((day) => dayRow(day, params.id, query)))]
        : empty(
            "最近没有安排门诊",
            "过几天再来看,或者选别的医生。",
            linkButton("看别的医生", `departments/${doctor.department_id}`),
          ),
    ],
  };
}

function card(doctor, service) {
  return h(
    "section",
    { class: "card" },
    h("p", { class: "when" }, [doctor.name, doctor.title].filter(Boolean).join(" ")),
    facts([
      ["科室", doctor.department_name],
      ["医院", doctor.organization_name],
      ["地点", service?.place],
      ["挂号费", service && yuan(service.fee_fen)],
    ]),
  );
}

function choose(doctor, head, query) {
  const lines = doctor.services.map((service) => {
    const { name, icon } = SERVICES[service.service_type];
    const path = `doctors/${doctor.id}${carry({ ...query, s: service.schedule_id })}`;
    return row(path, name, `${freeWords(service)} · ${yuan(service.fee_fen)}`, { name: icon });
  });
  return {
    title: doctor.name,
    otherwise: "find",
    body: [
      head,
      h("h2", {}, "怎么看"),
      rows(...lines),
      h("p", { class: "soft" }, "复诊:以前看过这个病,这次接着看。第一次看请到医院。"),
    ],
  };
}

function dayRow(day, id, query) {
  const moment = noonOf(day.day);
  const near = dayWords(moment, now());
  const full = fullDay(moment, now());
  const name = near === full ? full : `${near} ${full}`;
  const path = `doctors/${id}/${day.day}`;
  if (day.state === "free") {
    return row(path + carry(query), name, "", { right: `有 ${day.remaining} 个号` });
  }
  if (day.state === "full" && !query.move) {
    return row(`${path}/wait${carry(query)}`, name, "约满了,可以排队候补", { right: "候补" });
  }
  const why = { full: "约满了", stopped: "停诊", soon: "还没放号" }[day.state] ?? "不能约";
  const opens = day.releases_at ? `${when(day.releases_at, now())} 放号` : "";
  return closed(name, why, opens);
}

function closed(name, why, second) {
  return h(
    "li",
    {},
    h(
      "div",
      { class: "row-link", "aria-disabled": "true" },
      h("span", { class: "row-link__text" }, h("b", {}, name), second && h("span", {}, second)),
      h("span", { class: "row-link__right" }, why),
    ),
  );
}

