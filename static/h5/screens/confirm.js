// Read once more, with the amount, then book. Ten taps are one appointment: the act has one key.

import { get, now, post } from "../api.js";
import { carry, doctorOf, SERVICES, serviceOf, whoseTime } from "../clinic.js";
import { h } from "../dom.js";
import { actButton, empty, facts, linkButton, notice, Told } from "../parts.js";
import { go, href } from "../router.js";
import { current, family, nameOf } from "../session.js";
import { when, yuan } from "../words.js";

export default async function confirm({ params, query, signal }) {
  const doctor = await doctorOf(params.id, signal);
  const service = serviceOf(doctor, query.s);
  const asked = { ...whoseTime(params.id, service), date: params.day };
  const [{ items }, moved, chosen] = await Promise.all([
    get("/slots", { signal, query: asked }),
    query.move && get(`/appointments/${query.move}`, { signal }),
    current(signal),
  ]);
  const slot = items.find((one) => one.id === params.slot);
  const back = `doctors/${params.id}/${params.day}${carry(query)}`;
  if (!slot || slot.state !== "free") return gone(back);
  if (!chosen) return nobody();
  const patient = moved ? (await family(signal)).find((one) => one.id === moved.patient_id) : chosen;
  return {
    title: moved ? "确认改约" : "确认预约",
    otherwise: back,
    body: [
      whose(patient, moved, await family(signal)),
      card(doctor, slot),
      slot.needs.length > 0 && needs(slot.needs),
      moved ? notice("原来付的钱跟到新的时间,不用再付。") : rules(slot),
    ],
    foot: [
      moved || h("p", { class: "center" }, "挂号费 ", h("b", {}, yuan(slot.fee_fen))),
      moved ? moveButton(moved, slot) : bookButton(slot, patient),
    ],
  };
}

function gone(back) {
  return {
    title: "这个号没有了",
    otherwise: back,
    body: empty("这个时间刚刚被约走了", "请选别的时间。", linkButton("选别的时间", back, { kind: "primary" })),
  };
}

function nobody() {
  return {
    title: "确认预约",
    body: empty(
      "还没有添加看病的人",
      "先添加您自己,准备好身份证。",
      linkButton("添加我自己", "family/add/self", { kind: "primary" }),
    ),
  };
}

function whose(patient, moved, all) {
  const change = !moved && h("span", {}, all.length > 1 ? "换人" : "给家人约");
  return h(
    moved ? "div" : "a",
    { class: "whose", href: moved ? false : href("family") },
    h("b", {}, `给 ${nameOf(patient)} 约`),
    change,
  );
}

function card(doctor, slot) {
  return h(
    "section",
    { class: "card" },
    h("p", { class: "when" }, when(slot.start, now())),
    facts([
      ["医生", [doctor.name, doctor.title].filter(Boolean).join(" ")],
      ["科室", doctor.department_name],
      ["怎么看", SERVICES[slot.service_type].name],
      ["医院", doctor.organization_name],
      ["地点", slot.place],
    ]),
  );
}

/** What an examination asks for is confirmed one by one, never ticked beforehand. */
function needs(list) {
  const lines = list.map((need) =>
    h(
      "label",
      { class: "choice" },
      h("input", { type: "checkbox", name: "need", value: need.key }),
      h("span", {}, h("b", {}, need.name), `:${need.how}`),
    ),
  );
  return h("fieldset", { class: "field" }, h("legend", {}, "检查前要做到,逐条勾选"), lines);
}

function rules(slot) {
  const pay = slot.fee_fen
    ? "约上以后请马上付款,号只留一会儿,没付就让给别人。"
    : "这个号不要钱,约上就算数。";
  return notice(`${pay}来不了请早点取消,按时取消全额退;过了取消时间要打电话。`);
}

function bookButton(slot, patient) {
  const book = async () => {
    const boxes = [...document.querySelectorAll("input[name=need]")];
    const left = boxes.find((box) => !box.checked);
    if (left) {
      left.focus();
      throw new Told("请先把检查前的要求逐条勾选。");
    }
    const body = { slot_id: slot.id, patient_id: patient.id };
    if (boxes.length) body.confirmed = boxes.map((box) => box.value);
    const made = await post("/appointments", body, { act: `book.${slot.id}.${patient.id}` });
    go(made.status === "held" ? `pay/${made.id}` : `appointments/${made.id}`, { replace: true });
  };
  const words = slot.fee_fen ? `确认,去付 ${yuan(slot.fee_fen)}` : "确认预约";
  return actButton(words, book, { kind: "primary", busy: "正在占号…" });
}

function moveButton(moved, slot) {
  const move = async () => {
    const body = { choice: "move", slot_id: slot.id };
    const made = await post(`/appointments/${moved.id}/remedy`, body, { act: `move.${moved.id}.${slot.id}` });
    go(`appointments/${made.id}`, { replace: true });
  };
  return actButton("改到这个时间", move, { kind: "primary", busy: "正在改约…" });
}
