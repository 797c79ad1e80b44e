// 候补: in line for a day that is full.

import { get, now, post } from "../api.js";
import { carry, doctorOf, serviceOf, whoseTime } from "../clinic.js";
import { h } from "../dom.js";
import { actButton, empty, facts, linkButton, nextStep } from "../parts.js";
import { go, href } from "../router.js";
import { current, family, nameOf } from "../session.js";
import { dayWords, noonOf } from "../words.js";

export default async function wait({ params, query, signal }) {
  const doctor = await doctorOf(params.id, signal);
  const service = serviceOf(doctor, query.s);
  const asked = { ...whoseTime(params.id, service), date: params.day };
  const [{ items }, patient, all] = await Promise.all([
    get("/slots", { signal, query: asked }),
    current(signal),
    family(signal),
  ]);
  const back = `doctors/${params.id}${carry(query)}`;
  const day = dayWords(noonOf(params.day), now());
  if (items.some((slot) => slot.state === "free")) return free(day, params, query, back);
  if (!patient || !items.length) return none(back);
  return {
    title: "排队候补",
    otherwise: back,
    body: [
      h("a", { class: "whose", href: href("family") }, h("b", {}, `给 ${nameOf(patient)} 候补`), h("span", {}, all.length > 1 ? "换人" : "给家人约")),
      h("section", { class: "card" }, h("p", { class: "when" }, `${day},哪个时间都行`), facts([
        ["医生", [doctor.name, doctor.title].filter(Boolean).join(" ")],
        ["科室", doctor.department_name],
        ["医院", doctor.organization_name],
      ])),
      h("ul", { class: "bullets" }, [
        h("li", {}, "有人退号,就按先后给排在前面的人。"),
        h("li", {}, "轮到您会通知您,要在规定时间里答复,不答复就给后面的人。"),
        h("li", {}, "现在不付钱。"),
      ]),
      nextStep("点下面的按钮排队。等不及可以换一天约。"),
    ],
    foot: actButton("排队候补", () => join(items[0], params.day, patient), { kind: "primary" }),
  };
}

async function join(slot, day, patient) {
  const body = { schedule_id: slot.schedule_id, day, patient_id: patient.id };
  await post("/waiting-wishes", body, { act: `wish.${slot.schedule_id}.${day}.${patient.id}` });
  go("waiting", { replace: true });
}

function free(day, params, query, back) {
  const path = `doctors/${params.id}/${params.day}${carry(query)}`;
  return {
    title: "有号了",
    otherwise: back,
    body: empty(`${day}现在有号`, "可以直接约,不用排队。", linkButton("去选时间", path, { kind: "primary" })),
  };
}

function none(back) {
  return {
    title: "排队候补",
    otherwise: back,
    body: empty("现在不能候补", "请换一天,或者先在“家人”里添加看病的人。", linkButton("换一天", back)),
  };
}
