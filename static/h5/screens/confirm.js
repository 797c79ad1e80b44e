// Read once more, with the amount, then book. Ten taps are one appointment: the act has one key.

import { get, now, post, Refused } from "../api.js";
import { carry, doctorOf, SERVICES, serviceOf, whoseTime } from "../clinic.js";
import { h } from "../dom.js";
import { actButton, empty, facts, linkButton, notice, Told } from "../parts.js";
import { go, href } from "../router.js";
import { current, family, nameOf } from "../session.js";
import { when, yuan } from "../words.js";

/** Refusals because of what the patient holds already: there they go on. */
const HELD_ALREADY = ["already_booked", "overlaps", "day_limit", "limit"];

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
      footOf(patient, moved, slot),
    ],
  };
}

/** Nobody takes a place that they may not pay for: it would only be lost to the others. */
function footOf(patient, moved, slot) {
  if (moved) return moveButton(moved, slot);
  const { name, scopes } = patient;
  if (!scopes.includes("book")) return refusal(name, "预约", "请本人自己约,或者移除后重新添加,让本人同意您预约。");
  if (slot.fee_fen && !scopes.includes("pay")) {
    return refusal(name, "缴费", "这个号要马上付钱,请本人自己约,或者移除后重新添加,让本人同意您缴费。");
  }
  return bookButton(slot, patient);
}

function refusal(name, what, next) {
  return notice(`${name}没有让您替他${what}。${next}`, "waiting", linkButton("换人或者看家人", "family"));
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
  const until = slot.cancel_until;
  if (!until) return notice(`${pay}这个号很近了,约上以后手机上不能取消;来不了请打电话告诉医院。`, "waiting");
  const back = slot.fee_fen ? ",付的钱全部退回" : "";
  return notice(`${pay}来不了请在 ${when(until, now())} 前取消${back};过了这个时间要打电话。`);
}

function bookButton(slot, patient) {
  const others = h("div", { hidden: true }, linkButton("看我的预约", "appointments"));
  const book = async () => {
    const boxes = [...document.querySelectorAll("input[name=need]")];
    const left = boxes.find((box) => !box.checked);
    if (left) {
      left.focus();
      throw new Told("请先把检查前的要求逐条勾选。");
    }
    const body = { slot_id: slot.id, patient_id: patient.id };
    if (boxes.length) body.confirmed = boxes.map((box) => box.value);
    const act = `book.${slot.id}.${patient.id}`;
    const made = await post("/appointments", body, { act }).catch((problem) => {
      others.hidden = !(problem instanceof Refused && HELD_ALREADY.includes(problem.code));
      throw problem;
    });
    go(made.status === "held" ? `pay/${made.id}` : `appointments/${made.id}`, { replace: true });
  };
  const words = slot.fee_fen ? `确认,去付 ${yuan(slot.fee_fen)}` : "确认预约";
  return [others, actButton(words, book, { kind: "primary", busy: "正在占号…" })];
}

function moveButton(moved, slot) {
  const move = async () => {
    const body = { choice: "move", slot_id: slot.id };
    const made = await post(`/appointments/${moved.id}/remedy`, body, { act: `move.${moved.id}.${slot.id}` });
    go(`appointments/${made.id}`, { replace: true });
  };
  return actButton("改到这个时间", move, { kind: "primary", busy: "正在改约…" });
}
