// Asking for an online visit: which condition, a few questions, the words of consent. What was
// answered stays in memory only.

import { get, now, post, Refused } from "../api.js";
import { h } from "../dom.js";
import { actButton, box, linkButton, markFields, nextStep, notice, row, rows, Told } from "../parts.js";
import { agreementTexts, reading } from "../reading.js";
import { go } from "../router.js";
import { choose as choosePerson, current, family, nameOf } from "../session.js";
import { age } from "../words.js";

const CHILD = 6;
let draft = null; // {base, answers, kind, complaint, guardian}

export default async function ask({ query, signal }) {
  const base = query.appointment ? `visits/new?appointment=${query.appointment}` : `visits/new?doctor=${query.doctor}`;
  if (draft?.base !== base) draft = { base, answers: {}, kind: "text", complaint: "", guardian: false };
  if (query.appointment && !query.c && (await isAsked(query.appointment, signal))) return null;
  const patient = await whose(query, signal);
  if (!patient) {
    go("family", { replace: true });
    return null;
  }
  const { items, pharmacist_note: pharmacist } = await get("/visit-conditions", { signal, again: true });
  const chosen = items.find((one) => one.key === query.c);
  if (!chosen) return choose(items, base, patient, pharmacist);
  if (query.read) return consent(chosen, query, patient, signal);
  return questions(chosen, base, patient);
}

/** A booked visit is asked for once: go on where it stands. */
async function isAsked(appointment, signal) {
  const { items } = await get("/encounters", { signal, query: { live: "true" } });
  const found = items.find((visit) => visit.appointment_id === appointment);
  if (found) go(`visits/${found.id}`, { replace: true });
  return Boolean(found);
}

/** Of a booked visit it is the one who was booked; else whoever is chosen on this phone. */
async function whose(query, signal) {
  if (query.patient) choosePerson(query.patient); // a message may be about somebody else of the family
  if (!query.appointment) return current(signal);
  const visit = await get(`/appointments/${query.appointment}`, { signal, again: true });
  return (await family(signal)).find((one) => one.id === visit.patient_id) ?? null;
}

function choose(items, base, patient, pharmacist) {
  return {
    title: "复诊什么病",
    otherwise: "visits",
    body: [
      h("p", {}, h("b", {}, nameOf(patient))),
      notice("只能复诊:医院已经确诊过、这次还是同一个病。"),
      pharmacist && notice(`${pharmacist}看病不受影响。`, "waiting"),
      rows(...items.map((one) => row(`${base}&c=${one.key}`, one.name, ""))),
      h("p", { class: "soft" }, "急症不要等,请马上打 ", h("a", { href: "tel:120" }, "120"), "。"),
    ],
  };
}

function questions(condition, base, patient) {
  const child = age(patient.birth_date, now()) < CHILD;
  const form = h("form", { class: "fields", novalidate: true }, [
    condition.questions.map(questionField),
    area("complaint", "还有什么想跟医生说?(可以不填)", draft.complaint),
    choices("kind", "怎么看", [["text", "图文:打字、发语音、发照片"], ["video", "视频:面对面说"]], draft.kind),
    child && tick("guardian_present", "孩子不满 6 岁,我是监护人,会一直陪着孩子", draft.guardian),
  ]);
  const next = async () => {
    keep(form);
    const missing = condition.questions.filter((one) => one.required && !draft.answers[one.id]);
    if (missing.length) {
      markFields(form, missing.map((one) => ({ field: `answers.${one.id}`, message: "这个问题还没有答。" })));
      throw new Told("有问题还没有答,红字标出来了。");
    }
    const urgent = condition.questions.some((one) => one.emergency && draft.answers[one.id] === one.emergency);
    if (urgent) throw new Told("您说的情况可能是急症。请不要等,马上打 120,或者让家人送您到最近的医院急诊。");
    if (child && !draft.guardian) throw new Told("不满 6 岁的孩子,监护人要一直陪着,请勾选确认。");
    go(`${base}&c=${condition.key}&read=1`);
  };
  form.addEventListener("input", () => keep(form));
  form.addEventListener("submit", (event) => event.preventDefault());
  return {
    title: `${condition.name}复诊`,
    otherwise: base,
    body: [h("p", {}, h("b", {}, nameOf(patient)), " 请如实回答,医生会看。"), form],
    foot: actButton("下一步", next, { kind: "primary" }),
  };
}

function questionField(one) {
  const name = `answers.${one.id}`;
  const value = draft.answers[one.id] ?? "";
  const words = one.required ? one.text : `${one.text}(可以不填)`;
  if (one.kind === "yes_no") return choices(name, words, [["no", "没有"], ["yes", "有"]], value);
  if (one.kind === "choice") return choices(name, words, one.choices.map((choice) => [choice, choice]), value);
  return box(name, words, { value, maxlength: "300" });
}

function choices(name, legend, options, value) {
  return h(
    "fieldset",
    { class: "field", "data-field": name },
    h("legend", {}, legend),
    options.map(([key, words]) =>
      h(
        "label",
        { class: "choice" },
        h("input", { type: "radio", name, value: key, checked: key === value }),
        h("span", {}, words),
      ),
    ),
  );
}

function tick(name, words, on) {
  const input = h("input", { type: "checkbox", name, value: "yes", checked: on });
  return h("div", { class: "field", "data-field": name }, h("label", { class: "choice" }, input, h("span", {}, words)));
}

function area(name, label, value) {
  const id = `f-${name}`;
  return h(
    "div",
    { class: "field", "data-field": name },
    h("label", { for: id, class: "field__label" }, label),
    h("textarea", { id, name, class: "input", rows: "3", maxlength: "500" }, value),
  );
}

function keep(form) {
  const given = new FormData(form);
  draft.answers = {};
  for (const [name, value] of given) {
    if (name.startsWith("answers.") && value.trim()) draft.answers[name.slice(8)] = value.trim();
  }
  draft.kind = given.get("kind") ?? "text";
  draft.complaint = (given.get("complaint") ?? "").trim();
  draft.guardian = given.get("guardian_present") === "yes";
}

async function consent(condition, query, patient, signal) {
  const form = `${draft.base}&c=${condition.key}`;
  if (!Object.keys(draft.answers).length) {
    go(form, { replace: true }); // reloaded in the middle
    return null;
  }
  const text = (await agreementTexts(signal)).find((one) => one.needed_for === "online_visit");
  return {
    title: "知情同意",
    otherwise: form,
    body: [
      h("section", { class: "card" }, h("p", { class: "when" }, text.title), reading(text.text)),
      nextStep("同意后,看看确诊的资料齐不齐,就可以进候诊室。"),
    ],
    foot: [
      actButton("我看完了,同意", () => send(condition, query, patient, text, form), { kind: "primary", busy: "正在提交…" }),
      linkButton("不同意,先不办", "visits", { kind: "quiet" }),
    ],
  };
}

async function send(condition, query, patient, text, form) {
  const body = {
    patient_id: patient.id,
    condition: condition.key,
    kind: draft.kind,
    complaint: draft.complaint,
    answers: Object.entries(draft.answers).map(([id, answer]) => ({ id, answer })),
    consents: [{ kind: text.kind, version: text.version }],
    guardian_present: draft.guardian,
  };
  if (query.appointment) body.appointment_id = query.appointment;
  else body.practitioner_id = query.doctor;
  try {
    const made = await post("/encounters", body, { act: `visit.${query.appointment ?? query.doctor}.${patient.id}` });
    draft = null;
    go(`visits/${made.id}`, { replace: true });
  } catch (problem) {
    if (problem instanceof Refused && problem.code === "already_asked") go("visits", { replace: true });
    else if (problem instanceof Refused && problem.errors.some((one) => one.field.startsWith("answers"))) go(form, { replace: true });
    else throw problem;
  }
}
