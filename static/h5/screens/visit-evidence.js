// A paper that shows the diagnosis: photograph it, and say from where and when it is.

import { now, post, Refused } from "../api.js";
import { h } from "../dom.js";
import { actButton, box, markFields, notice, Told } from "../parts.js";
import { readSmall } from "../pictures.js";
import { go } from "../router.js";
import { isoDay } from "../words.js";

const TYPES = [
  ["outpatient_record", "门诊病历"],
  ["discharge_summary", "出院小结"],
  ["diagnosis_certificate", "诊断证明"],
  ["inpatient_record", "住院病历"],
];

export default async function bring({ params }) {
  const back = `visits/${params.id}`;
  const photo = h("input", { id: "f-file", name: "file", type: "file", accept: "image/*,application/pdf", class: "input" });
  const form = h("form", { class: "fields", novalidate: true }, [
    select(),
    box("institution", "哪个医院看的", { maxlength: "80" }),
    box("visit_date", "哪天看的", { type: "date", max: isoDay(now()) }),
    box("diagnosis_text", "上面写的诊断", { hint: "比如:高血压 2 级", maxlength: "120" }),
    h("div", { class: "field", "data-field": "file" }, h("label", { for: "f-file", class: "field__label" }, "拍照,或者选照片"), h("p", { class: "field__hint" }, "要看得清姓名、日期和诊断"), photo),
  ]);
  const send = async () => {
    const entry = Object.fromEntries(["type", "institution", "visit_date", "diagnosis_text"].map((name) => [name, form.elements[name].value.trim()]));
    const missing = Object.keys(entry).filter((name) => !entry[name]);
    if (!photo.files[0]) missing.push("file");
    if (missing.length) {
      markFields(form, missing.map((field) => ({ field, message: "这一项还没有填。" })));
      throw new Told("还有没填的,红字标出来了。");
    }
    entry.file = await readSmall(photo.files[0]);
    try {
      await post(`/encounters/${params.id}/evidence`, entry, { act: `evidence.${params.id}.${photo.files[0].name}.${photo.files[0].size}` });
    } catch (problem) {
      if (problem instanceof Refused && problem.errors.length) markFields(form, problem.errors);
      throw problem;
    }
    go(back, { replace: true });
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  return {
    title: "添加资料",
    otherwise: back,
    body: [notice("医院确诊这个病的病历、出院小结或者诊断证明,拍清楚一张就行。"), form],
    foot: actButton("传上去", send, { kind: "primary", busy: "正在传…" }),
  };
}

function select() {
  const list = h("select", { id: "f-type", name: "type", class: "input" }, TYPES.map(([key, words]) => h("option", { value: key }, words)));
  return h("div", { class: "field", "data-field": "type" }, h("label", { for: "f-type", class: "field__label" }, "什么资料"), list);
}
