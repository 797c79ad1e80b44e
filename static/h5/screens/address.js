// One address: for whom, who receives, township and village from the county's list, the rest in words.

import { get, post, put, Refused, remove } from "../api.js";
import { h } from "../dom.js";
import { tidyPhone } from "../joining.js";
import { actButton, box, fold, markFields, Told } from "../parts.js";
import { back, go } from "../router.js";
import { current, family, mayBegin, nameOf } from "../session.js";

const SAID = {
  name: "请填收药人的姓名。",
  phone: "请填收药人的手机号。",
  township: "请选乡镇。",
  village: "请选村。",
  detail: "请写几组、门牌,或者怎么走。",
};

export default async function address({ params, query, signal }) {
  const [people, chosen, { items: regions }, known] = await Promise.all([
    family(signal),
    current(signal),
    get("/regions", { signal }),
    params.id ? one(params.id, signal) : null,
  ]);
  const able = people.filter(mayBegin);
  const patient = known?.patient_id ?? query.patient ?? chosen?.id;
  const form = h(
    "form",
    { class: "fields", novalidate: true },
    pick("patient_id", "给谁收药", able.map((person) => [person.id, nameOf(person)]), patient),
    box("name", "收药人姓名", { value: known?.name ?? nameFor(able, patient), maxlength: "60", autocomplete: "name" }),
    box("phone", "收药人手机号", { hint: "送药的会打这个电话", value: known?.phone ?? "", type: "tel", maxlength: "20", autocomplete: "tel" }),
    places(regions, known),
    box("detail", "几组、门牌,怎么走", { hint: "比如:3 组,村委会东边第二家", value: known?.detail ?? "", maxlength: "80" }),
    h(
      "label",
      { class: "choice" },
      h("input", { type: "checkbox", name: "is_default", checked: known?.is_default }),
      h("span", {}, "常用这个地址"),
    ),
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  const leave = () => (query.for ? go(`medicines/${query.for}/door`, { replace: true }) : back("addresses"));
  return {
    title: known ? "改地址" : "写地址",
    otherwise: query.for ? `medicines/${query.for}/door` : "addresses",
    body: [form, known && forgetting(known)],
    foot: actButton("保存", () => save(form, known, leave), { kind: "primary", busy: "正在保存…" }),
  };
}

async function one(id, signal) {
  const { items } = await get("/addresses", { signal });
  const found = items.find((address) => address.id === id);
  if (!found) go("addresses", { replace: true });
  return found ?? null;
}

const nameFor = (people, id) => {
  const person = people.find((one_) => one_.id === id);
  return person ? person.name : "";
};

/** Township, then its villages; where the county wrote no list, both are typed. */
function places(regions, known) {
  if (!regions.length) {
    return [
      box("township", "乡镇", { value: known?.township ?? "", maxlength: "40" }),
      box("village", "村、社区", { value: known?.village ?? "", maxlength: "40" }),
    ];
  }
  const township = pick("township", "乡镇、街道", [["", "请选"], ...regions.map((one_) => [one_.township, one_.township])], known?.township);
  const village = pick("village", "村、社区", [["", "先选乡镇"]]);
  const fit = (chosen = "") => {
    const found = regions.find((one_) => one_.township === township.querySelector("select").value);
    const names = found?.villages ?? [];
    village.querySelector("select").replaceChildren(...options([["", found ? "请选" : "先选乡镇"], ...names.map((name) => [name, name])], chosen));
  };
  township.addEventListener("change", () => fit());
  fit(known?.village);
  return [township, village];
}

function pick(field, label, list, value = "") {
  const id = `f-${field}`;
  return h(
    "div",
    { class: "field", "data-field": field },
    h("label", { for: id, class: "field__label" }, label),
    h("select", { id, name: field, class: "input" }, options(list, value)),
  );
}

const options = (list, value) => list.map(([key, words]) => h("option", { value: key, selected: key === value }, words));

async function save(form, known, leave) {
  const entry = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
  const missing = Object.keys(SAID).filter((name) => !entry[name]);
  if (missing.length) {
    markFields(form, missing.map((field) => ({ field, message: SAID[field] })));
    throw new Told("还有没填的,红字标出来了。");
  }
  const body = { ...entry, phone: tidyPhone(entry.phone), is_default: "is_default" in entry };
  try {
    if (known) await put(`/addresses/${known.id}`, body);
    else await post("/addresses", body, { act: "address.new" });
  } catch (problem) {
    if (problem instanceof Refused && problem.errors.length) markFields(form, problem.errors);
    throw problem;
  }
  leave();
}

function forgetting(known) {
  const forget = async () => {
    await remove(`/addresses/${known.id}`);
    back("addresses");
  };
  return fold(
    "不要这个地址了",
    h("div", { "data-complaints": true }, h("p", {}, "已经下的单不受影响。"), actButton("删掉", forget, { busy: "正在删…" })),
  );
}
