// 量血压、测血糖: write one down, read at once what it means, look back.

import { get, post, Refused } from "../api.js";
import { h } from "../dom.js";
import { actButton, badge, box, empty, fold, markFields, notice, Told } from "../parts.js";
import { family, nameOf } from "../session.js";
import { when } from "../words.js";

const LOOK = { critical: "danger", high: "waiting", low: "waiting", normal: "done" };
const AXIS = "实线是高压,虚线是低压;横着的细线是 135,高压要在它下面。";
const MEALS = [["fasting", "空腹"], ["after_meal", "饭后 2 小时"], ["random", "随时"]];

export default async function readings({ params, signal, again }) {
  const path = `/patients/${params.id}/readings`;
  const [page, all] = await Promise.all([get(path, { signal, query: { limit: 40 }, again: true }), family(signal)]);
  const patient = all.find((one) => one.id === params.id);
  const gone = Boolean(patient?.deceased_on);
  const form = fields();
  const kept = wroteDown(params.id);
  form.addEventListener("submit", (event) => event.preventDefault());
  return {
    title: "血压血糖",
    otherwise: `family/${params.id}`,
    onReturn: again,
    body: [
      patient && h("p", {}, gone ? `${nameOf(patient)} 以前在家量的。` : `记 ${nameOf(patient)} 在家量的。`),
      kept && notice(`已记下:${kept}`, "done"),
      page.advice && notice(page.advice, page.call ? "danger" : "waiting", page.call && h("a", { class: "button button--danger", href: "tel:120" }, "打 120")),
      !gone && form,
      page.items.length ? [!gone && h("h2", {}, "以前量的"), drawn(page.items), h("ul", { class: "results" }, page.items.map(one))] : empty("还没有记过", gone ? "" : "每天早上起来,坐着歇 5 分钟再量。"),
      page.target && h("p", { class: "soft" }, page.target),
    ],
    foot: !gone && actButton("记下", () => send(params.id, path, form, again), { kind: "primary", busy: "正在记…" }),
  };
}

function fields() {
  return h(
    "form",
    { class: "fields", novalidate: true },
    h("h2", {}, "血压"),
    box("systolic", "高压(上面的大数)", { inputmode: "numeric", maxlength: 5 }),
    box("diastolic", "低压(下面的小数)", { inputmode: "numeric", maxlength: 5 }),
    box("pulse", "脉搏(可以不填)", { inputmode: "numeric", maxlength: 5 }),
    fold(
      "记血糖",
      box("glucose", "血糖(mmol/L)", { inputmode: "decimal", maxlength: 5 }),
      h(
        "div",
        { class: "field", "data-field": "meal" },
        h("label", { for: "f-meal", class: "field__label" }, "什么时候测的"),
        h("select", { id: "f-meal", name: "meal", class: "input" }, MEALS.map(([value, words]) => h("option", { value }, words))),
      ),
    ),
  );
}

let written = null;

/** What has just been written down for this one, said once. */
function wroteDown(id) {
  const words = written?.id === id ? written.words : "";
  written = null;
  return words;
}

async function send(id, path, form, again) {
  const typed = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, number(name, value)]).filter(([, value]) => value));
  if (!typed.glucose) delete typed.meal;
  if (!typed.systolic && !typed.diastolic && !typed.glucose) throw new Told("请填血压或者血糖。");
  try {
    const act = `reading.${path}.${Object.values(typed).join("-")}.${Math.floor(Date.now() / 60000)}`;
    await post(path, { ...typed, measured_at: new Date().toISOString() }, { act });
  } catch (problem) {
    if (problem instanceof Refused && problem.errors.length) markFields(form, problem.errors);
    throw problem;
  }
  written = { id, words: inWords(typed) };
  await again();
  window.scrollTo(0, 0);
}

function inWords({ systolic, diastolic, pulse, glucose }) {
  const pressure = systolic && `血压 ${systolic}/${diastolic} mmHg`;
  return [pressure, pulse && `脉搏 ${pulse} 次/分`, glucose && `血糖 ${glucose} mmol/L`].filter(Boolean).join(",");
}

/** Full-width digits and 。 as a Chinese keyboard gives them. */
function number(name, value) {
  const text = value.normalize("NFKC").replace("。", ".").trim();
  return name === "meal" ? value : text;
}

function one(reading) {
  return h(
    "li",
    { class: "results__one", "data-level": reading.level },
    h("b", {}, [reading.kind, reading.meal_name].filter(Boolean).join(" ")),
    h("span", {}, `${reading.value} ${reading.unit} `, reading.level_name && badge(reading.level_name, LOOK[reading.level])),
    h("span", { class: "results__range" }, [when(reading.measured_at), reading.alert_name].filter(Boolean).join(" · ")),
  );
}

function drawn(items) {
  const drawing = chart(items);
  return drawing && [drawing, h("p", { class: "soft" }, AXIS)];
}

const SVG = "http://www.w3.org/2000/svg";

/** The last pressures as two lines, the oldest on the left; said in words for those who listen. */
function chart(items) {
  const found = items.filter((item) => item.kind === "血压").slice(0, 14).reverse();
  if (found.length < 2) return false;
  const drawing = element("svg", { viewBox: "0 0 320 140", role: "img", class: "readings__chart", "aria-label": `最近 ${found.length} 次血压,从 ${found[0].value} 到 ${found.at(-1).value}` });
  const place = (value) => 130 - ((Math.min(Math.max(value, 50), 200) - 50) / 150) * 120;
  drawing.append(element("line", { x1: 0, x2: 320, y1: place(135), y2: place(135), class: "readings__limit" }));
  for (const part of [0, 1]) {
    const points = found.map((item, at) => `${(at / (found.length - 1)) * 300 + 10},${place(Number(item.value.split("/")[part]))}`);
    drawing.append(element("polyline", { points: points.join(" "), class: part ? "readings__line readings__line--low" : "readings__line" }));
  }
  return drawing;
}

function element(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}
