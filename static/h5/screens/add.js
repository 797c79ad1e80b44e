// Adding somebody: who, the document, then each text read and agreed to by itself, then done.
// What was typed stays while one reads; the document's number is kept in memory only.

import { now, post, Refused } from "../api.js";
import { h } from "../dom.js";
import { bornOf, DOCUMENTS, neededFor, objections, tellsBirth, tidyPhone } from "../joining.js";
import { passing } from "../keep.js";
import { actButton, box, empty, linkButton, markFields, nextStep, notice, row, rows, Told } from "../parts.js";
import { agreementTexts, reading } from "../reading.js";
import { go } from "../router.js";
import { choose, family, familyChanged, RELATIONS } from "../session.js";
import { termFields, termObjections, termsOf } from "../terms.js";

const BLANK = {
  id_type: "id_card",
  name: "",
  id_number: "",
  phone: "",
  birth_date: "",
  sex: "",
  self_supporting: "",
  scopes: [],
  until: "",
  organization_id: "",
};
const HINTS = {
  child: "不满 18 岁的孩子",
  parent: "要父母自己的手机收验证码",
  spouse: "要爱人自己的手机收验证码",
  ward: "爷爷奶奶、亲戚等,要本人手机收验证码",
};
let draft = null; // {relation, entry, agreed, texts, everything, problem}

export default async function add({ params, query, signal }) {
  const { relation } = params;
  if (relation !== "self" && !(await knownMyself(signal))) return myselfFirst();
  if (!relation) return who();
  if (draft?.relation !== relation) draft = fresh(relation);
  if (query.read === undefined) return form();
  if (!draft.texts) {
    go(`family/add/${relation}`, { replace: true }); // reloaded in the middle
    return null;
  }
  return read(Number(query.read), signal);
}

async function knownMyself(signal) {
  const own = (await family(signal)).find((one) => one.relation === "self");
  return own && !own.needs_proof;
}

/** The family is added under one's own real name; nobody reads three texts to hear that. */
function myselfFirst() {
  return {
    title: "添加家人",
    otherwise: "family",
    body: empty(
      "先添加您自己",
      "家人是以您的实名添加的。先办好您自己的,再添加家人。",
      linkButton("添加我自己", "family/add/self", { kind: "primary" }),
      linkButton("看办到哪一步了", "family"),
    ),
  };
}

function fresh(relation) {
  const kept = passing.read(`add.${relation}`) ?? {};
  return { relation, entry: { ...BLANK, ...kept }, agreed: [], texts: null, everything: false };
}

function who() {
  return {
    title: "添加家人",
    otherwise: "family",
    body: [
      h("h2", {}, "是您的什么人?"),
      rows(...Object.entries(HINTS).map(([key, hint]) => row(`family/add/${key}`, RELATIONS[key], hint))),
      notice("没有自己手机的老人,请带证件到村卫生室或医院窗口当面办。", "progress", linkButton("到窗口办理", "family/desk")),
    ],
  };
}

function form() {
  const { relation, entry } = draft;
  const self = relation === "self";
  const terms = termFields(relation, entry, now());
  const kind = select("id_type", "用什么证件", DOCUMENTS, entry.id_type);
  const more = h("div", { class: "fields" }, [
    box("birth_date", "出生日期", { type: "date", value: entry.birth_date }),
    select("sex", "性别", [["", "请选"], ["female", "女"], ["male", "男"]], entry.sex),
  ]);
  const fields = h("form", { class: "fields", novalidate: true }, [
    box("name", self ? "您的姓名" : "家人的姓名", { hint: "和证件上一样", value: entry.name, maxlength: "60" }),
    kind,
    box("id_number", "证件号码", { hint: relation === "child" ? "孩子的身份证号,户口本上有" : "", value: entry.id_number, maxlength: "40", autocapitalize: "characters", spellcheck: "false" }),
    more,
    box("phone", phoneLabel(relation), { hint: phoneHint(relation), value: entry.phone, type: "tel", maxlength: "20" }),
    terms.fields,
  ]);
  const fit = () => {
    more.hidden = tellsBirth(fields.elements.id_type.value);
    terms.fit(draft.entry);
  };
  const said = draft.problem && notice(draft.problem.message, "danger");
  fields.addEventListener("input", () => {
    keep(fields);
    said?.remove(); // it was about what stood there before
    fit();
  });
  fit();
  const button = actButton("下一步", () => onward(fields), { kind: "primary" });
  fields.addEventListener("submit", (event) => {
    event.preventDefault();
    button.click();
  });
  if (draft.problem) queueMicrotask(() => markFields(fields, draft.problem.errors));
  return {
    title: self ? "添加我自己" : `添加${RELATIONS[relation]}`,
    otherwise: "family",
    body: [
      said,
      h("p", {}, "实名看病要用到姓名和证件。填完请您看几份说明,同意了才会交给医院。"),
      fields,
    ],
    foot: button,
  };
}

const phoneLabel = (relation) => (relation === "self" ? "您的手机号" : relation === "child" ? "您的手机号(孩子的联系电话)" : "家人自己的手机号");
const phoneHint = (relation) => (["self", "child"].includes(relation) ? "" : "验证码发到这个号码,不要填您自己的。");

function select(field, label, options, value) {
  const id = `f-${field}`;
  const list = h("select", { id, name: field, class: "input" }, options.map(([key, words]) => h("option", { value: key, selected: key === value }, words)));
  return h("div", { class: "field", "data-field": field }, h("label", { for: id, class: "field__label" }, label), list);
}

function keep(fields) {
  const data = new FormData(fields);
  draft.entry = { ...BLANK, ...Object.fromEntries(data), scopes: data.getAll("scopes") };
  draft.problem = null;
  passing.write(`add.${draft.relation}`, { ...draft.entry, id_number: "" });
}

async function onward(fields) {
  keep(fields);
  const { relation, entry } = draft;
  const wrong = [...objections(entry), ...termObjections(relation, entry, now())];
  if (wrong.length) {
    markFields(fields, wrong);
    throw new Told("有几处要改一下,红字写着怎么改。");
  }
  const wanted = neededFor(relation, bornOf(entry), now());
  if (draft.everything && !wanted.includes("account")) wanted.unshift("account");
  const texts = await agreementTexts();
  draft.texts = texts.filter((text) => wanted.includes(text.needed_for));
  draft.agreed = [];
  go(`family/add/${draft.relation}?read=0`);
}

function read(at, signal) {
  const text = draft.texts[at];
  const last = at === draft.texts.length - 1;
  const yes = async () => {
    draft.agreed[at] = { kind: text.kind, version: text.version };
    if (!last) go(`family/add/${draft.relation}?read=${at + 1}`);
    else await send(signal);
  };
  return {
    title: `说明 ${at + 1} / ${draft.texts.length}`,
    otherwise: `family/add/${draft.relation}`,
    body: [
      h("section", { class: "card" }, h("p", { class: "when" }, text.title), reading(text.text)),
      nextStep(last ? "同意后就交给医院核对。" : "看完点“同意”,接着看下一份。"),
    ],
    foot: [
      actButton(last ? "我看完了,同意并提交" : "我看完了,同意", yes, { kind: "primary", busy: "正在提交…" }),
      linkButton("不同意,先不办", "", { kind: "quiet" }),
    ],
  };
}

async function send(signal) {
  const { relation, entry } = draft;
  const consents = draft.agreed.filter(Boolean);
  const body = { relation, consents, ...tidy(entry), ...termsOf(relation, entry, now()) };
  try {
    const made = await post("/patients", body, { signal });
    done(made);
  } catch (problem) {
    if (problem instanceof Refused && problem.code === "needs_desk") return atTheDesk();
    if (!(problem instanceof Refused) || !problem.errors.length) throw problem;
    draft.problem = problem;
    draft.everything ||= problem.errors.some((error) => error.field === "consents");
    go(`family/add/${relation}`, { replace: true });
  }
}

/** The house cannot tell who holds this phone: somebody looks at the document. */
function atTheDesk() {
  passing.forget(`add.${draft.relation}`);
  go("family/desk", { replace: true });
}

function tidy(entry) {
  const { id_type, name, id_number, birth_date, sex } = entry;
  const found = { id_type, name, id_number, phone: tidyPhone(entry.phone) };
  return tellsBirth(id_type) ? found : { ...found, birth_date, sex };
}

function done(made) {
  passing.forget(`add.${draft.relation}`);
  passing.write("proof.phone", tidyPhone(draft.entry.phone));
  draft = null;
  familyChanged();
  if (made.needs_proof) go(`family/${made.id}/proof`, { replace: true });
  else {
    choose(made.id);
    go("", { replace: true });
  }
}
