// 看医生: emergency first, then in one's own words, by department, by place.

import { get, post } from "../api.js";
import { doctorRow, freeWords, houseRow, remember } from "../clinic.js";
import { h, icon } from "../dom.js";
import { passing } from "../keep.js";
import { actButton, complain, empty, notice, row, rows } from "../parts.js";
import { refresh } from "../router.js";

const COMMON = ["头晕", "胸闷", "血糖高", "血压高", "腿疼", "咳嗽", "肚子疼", "眼睛花"];

export default async function find({ signal }) {
  const list = await get("/departments", { signal });
  const results = h("div", { class: "fields", "aria-live": "polite" });
  const words = passing.read("words") ?? "";
  const browse = h("div", { class: "fields" }, byDepartment(list.items), byPlace());
  const look = async (text) => {
    browse.hidden = Boolean(text);
    let answered = false;
    try {
      answered = await search(text, results, signal);
    } finally {
      browse.hidden = answered;
    }
  };
  const form = searchForm(words, look);
  if (words) await look(words);
  return { title: "看医生", body: [emergency(), form, results, browse] };
}

function emergency(told) {
  return notice(
    told?.sentence ?? "胸口疼得厉害、喘不上气、突然说不清话、昏倒、大出血:不要预约,马上打急救电话。",
    "danger",
    h("a", { class: "button button--danger", href: `tel:${told?.phone ?? "120"}` }, icon("phone"), `打 ${told?.phone ?? "120"}`),
  );
}

function searchForm(words, look) {
  const input = h("input", {
    id: "f-words",
    class: "input",
    type: "search",
    enterkeyhint: "search",
    autocomplete: "off",
    maxlength: "60",
    value: words,
  });
  const form = h(
    "form",
    { class: "field", role: "search", "data-complaints": true },
    h("label", { class: "field__label", for: "f-words" }, "哪里不舒服?也可以写医生或科室"),
    h("div", { class: "search" }, input, h("button", { type: "submit", class: "button" }, "找")),
  );
  const go = async (text) => {
    input.value = text;
    try {
      await look(text);
    } catch (problem) {
      complain(input, problem);
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    input.blur(); // the keyboard goes away and the answers are seen
    go(input.value.trim());
  });
  const chips = COMMON.map((text, at) =>
    h("button", { type: "button", class: at < 4 ? "chip" : "chip not-elder", onclick: () => go(text) }, text),
  );
  form.append(h("div", { class: "chips", role: "group", "aria-label": "常见的不舒服" }, chips));
  return form;
}

/** Show what these words lead to; whether they lead anywhere. */
async function search(text, results, signal) {
  passing.write("words", text);
  results.replaceChildren();
  if (!text) return false;
  results.append(h("p", { class: "soft" }, "正在找…"));
  try {
    const found = await post("/search", { words: text }, { signal });
    if (passing.read("words") !== text) return true; // asked for something else meanwhile
    results.replaceChildren(...shown(text, found).filter(Boolean));
    return leadsOn(found);
  } catch (problem) {
    results.replaceChildren();
    throw problem;
  }
}

const leadsOn = (found) =>
  [found.departments, found.practitioners, found.organizations].some((list) => list.length > 0);

function shown(text, found) {
  if (!leadsOn(found)) {
    return [
      found.emergency && emergency(found.emergency),
      empty(`没有找到“${text}”`, "换个说法试试,或者在下面按科室找。说不清楚就先问村医。"),
    ];
  }
  return [
    found.emergency && emergency(found.emergency),
    h("h2", {}, `“${text}”可以看`),
    found.departments.length > 0 && rows(...found.departments.map(hint)),
    found.practitioners.length > 0 && h("h2", {}, "医生"),
    found.practitioners.length > 0 && rows(...remember(found.practitioners).map(doctorRow)),
    found.organizations.length > 0 && h("h2", {}, "医院和卫生室"),
    found.organizations.length > 0 && rows(...found.organizations.map(houseRow)),
    found.note && h("p", { class: "soft" }, found.note),
    actButton("看所有科室", seeAll, { kind: "quiet" }),
  ];
}

const hint = (department) =>
  row(`departments/${department.code}`, department.name, [department.because.join("、"), hintWords(department)]);

function hintWords({ because, bookable }) {
  if (!bookable) return "现在没有开放预约";
  return because.length ? "" : "可以先看这里,需要时医生帮您转过去";
}

async function seeAll() {
  passing.forget("words");
  await refresh();
}

function byDepartment(departments) {
  const lines = departments.map((department) =>
    row(
      `departments/${department.id}`,
      department.name,
      [department.organization_name, freeWords(department)],
    ),
  );
  return [
    h("h2", {}, "按科室找"),
    lines.length ? rows(...lines) : empty("现在没有开放预约的科室", "请打电话问医院,或者请村医帮忙。"),
  ];
}

const byPlace = () =>
  h("div", { class: "not-elder" }, rows(row("places", "按医院找", "看哪家近", { name: "hospital" })));
