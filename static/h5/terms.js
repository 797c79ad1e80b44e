// What is agreed beside name and number: what a proxy may do and until when, that somebody of sixteen
// earns their living, and which clinic shall keep the record. The server decides; this asks.

import { get } from "./api.js";
import { h } from "./dom.js";
import { bornOf, isWhole } from "./joining.js";
import { box } from "./parts.js";
import { SCOPES } from "./session.js";
import { age, isoDay } from "./words.js";

const ADULT = 18;
const WORKING = 16;
const LONGEST_DAYS = 365;
const DAY = 86_400_000;
const NEAR = ["village", "township"];

/** What is asked of whom: {proxy, earns}. Unknown ages count as grown up. Pure. */
export function asked(relation, entry, now) {
  const years = isWhole(entry) ? age(bornOf(entry), now) : ADULT;
  return {
    proxy: !["self", "child"].includes(relation) && years >= ADULT,
    earns: relation === "self" && years >= WORKING && years < ADULT,
  };
}

/** What is wrong with it, as `joining.objections`. Pure. */
export function termObjections(relation, entry, now) {
  const { proxy, earns } = asked(relation, entry, now);
  const found = [];
  const say = (field, message) => found.push({ field, message });
  if (relation === "self" && isWhole(entry) && age(bornOf(entry), now) < WORKING) {
    say("id_number", "不满 16 岁不能自己添加,请爸爸妈妈用他们的微信添加您。");
  }
  if (earns && !entry.self_supporting) {
    say("self_supporting", "不满 18 岁,靠自己挣钱生活的请打勾;不是的话,请爸爸妈妈用他们的微信添加您。");
  }
  if (proxy && !entry.scopes.length) say("scopes", "至少选一样,不然什么也办不了。");
  if (proxy && entry.until && entry.until < isoDay(now)) say("until", "这一天已经过去了,请选以后的日子。");
  return found;
}

/** The part of the entry that the server is told. Pure. */
export function termsOf(relation, entry, now) {
  const { proxy, earns } = asked(relation, entry, now);
  const told = {};
  if (earns && entry.self_supporting) told.self_supporting = true;
  if (proxy && entry.scopes.length) told.scopes = entry.scopes;
  if (proxy && entry.until) told.until = entry.until;
  if (entry.organization_id) told.organization_id = entry.organization_id;
  return told;
}

/** The fields, and `fit(entry)` that shows those the entry asks for. */
export function termFields(relation, entry, now) {
  const earns = earning(entry);
  const proxy = powers(entry, now);
  const fit = (current) => {
    const wanted = asked(relation, current, now);
    earns.hidden = !wanted.earns;
    proxy.hidden = !wanted.proxy;
  };
  return { fields: [earns, proxy, clinic(entry)], fit };
}

function tick(name, value, words, checked) {
  return h("label", { class: "choice" }, h("input", { type: "checkbox", name, value, checked }), h("span", {}, words));
}

function earning(entry) {
  return h(
    "fieldset",
    { class: "field", "data-field": "self_supporting" },
    h("legend", {}, "满 16 岁、不满 18 岁"),
    tick("self_supporting", "yes", "我靠自己的劳动收入生活(民法典第十八条)", Boolean(entry.self_supporting)),
  );
}

function powers(entry, now) {
  const given = entry.scopes.length ? entry.scopes : Object.keys(SCOPES);
  const latest = isoDay(now + LONGEST_DAYS * DAY);
  return h(
    "details",
    { class: "fold", open: given.length < Object.keys(SCOPES).length || Boolean(entry.until) },
    h("summary", {}, "只让我办几样,或者只办一段时间"),
    h("div", { class: "fields" }, [
      h("fieldset", { class: "field", "data-field": "scopes" }, h("legend", {}, "家人让我替他办"), Object.entries(SCOPES).map(([key, words]) => tick("scopes", key, words, given.includes(key)))),
      box("until", "办到哪天为止", { type: "date", hint: "不填就是一年。家人随时可以停掉。", value: entry.until, min: isoDay(now), max: latest }),
    ]),
  );
}

/** The list of clinics comes when somebody unfolds it. */
function clinic(entry) {
  const list = h("select", { id: "f-organization_id", name: "organization_id", class: "input" }, h("option", { value: entry.organization_id || "" }, entry.organization_id ? "已经选好的那家" : "不选"));
  const word = h("p", { class: "soft", role: "status" });
  const fold = h(
    "details",
    { class: "fold" },
    h("summary", {}, "平时在哪家卫生室看病(可以不选)"),
    h("div", { class: "field", "data-field": "organization_id" }, h("label", { class: "field__label", for: "f-organization_id" }, "卫生室或卫生院"), list, word),
  );
  fold.addEventListener("toggle", () => fold.open && list.options.length < 2 && fill(list, word, entry.organization_id));
  return fold;
}

async function fill(list, word, chosen) {
  word.textContent = "正在取名单…";
  try {
    const { items } = await get("/organizations", { query: { limit: 100 } });
    const near = items.filter((house) => NEAR.includes(house.tier));
    list.replaceChildren(
      h("option", { value: "" }, "不选"),
      ...near.map((house) => h("option", { value: house.id, selected: house.id === chosen }, house.name)),
    );
    word.textContent = "";
  } catch {
    word.textContent = "名单没有取到。可以不选,接着办。";
  }
}
