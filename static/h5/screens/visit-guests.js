// Somebody of the family, or an interpreter, joins a visit: make a link, show it, put them out again.

import { get, now, post, Refused, remove } from "../api.js";
import { h } from "../dom.js";
import { keepAsking } from "../live.js";
import { actButton, badge, box, markFields, notice, Told } from "../parts.js";
import { drawQr } from "../qr.js";
import { when } from "../words.js";

export default async function guests({ params, signal, again }) {
  const path = `/encounters/${params.id}`;
  const found = await get(path, { signal, again: true });
  const made = h("div", { "aria-live": "polite" });
  const list = h("ul", { class: "fields", "data-testid": "guests" }, found.guests.map((one) => line(path, one, again)));
  const asked = h("section", { class: "fields", hidden: found.guests.length === 0 }, h("h2", {}, "请了谁"), list);
  watch(path, found, { asked, list }, { signal, again });
  return {
    title: "请人一起看",
    otherwise: `visits/${params.id}`,
    body: [
      made,
      asked,
      found.may_invite
        ? [notice("请家里人,或者会翻译的人,用他自己的手机一起听、一起说。他看不到病历和资料,您随时可以请他出去。"), form(path, made, params.id)]
        : notice("现在没有在看医生,不能请人。", "waiting"),
    ],
  };
}

function line(path, one, again) {
  const out = async () => {
    await remove(`${path}/guests/${one.id}`);
    await again();
  };
  const kind = { joined: "progress", invited: "waiting" }[one.status] ?? "neutral";
  return h(
    "li",
    { class: "card", "data-complaints": true, "data-status": one.status },
    h("p", {}, h("b", {}, one.name), ` ${one.relation} `, badge(one.status_name, kind)),
    one.expected && actButton(one.status === "invited" ? "收回链接" : "请他出去", out, { busy: "请稍候…" }),
  );
}

function form(path, made, visit) {
  const entry = h(
    "form",
    { class: "fields", novalidate: true },
    h(
      "fieldset",
      { class: "field", "data-field": "part" },
      h("legend", { class: "field__label" }, "他来做什么"),
      choice("family", "家里人,陪着看", true),
      choice("interpreter", "帮着翻译", false),
    ),
    box("name", "他叫什么", { maxlength: "40" }),
    box("relation", "是您的什么人", { hint: "比如:儿子、邻居、翻译", maxlength: "20" }),
    h("label", { class: "choice" }, h("input", { type: "checkbox", name: "history" }), h("span", {}, "也给他看前面说过的话")),
  );
  entry.addEventListener("submit", (event) => event.preventDefault());
  const invite = async () => {
    const given = { part: entry.elements.part.value, history: entry.elements.history.checked };
    for (const name of ["name", "relation"]) given[name] = entry.elements[name].value.trim();
    const missing = ["name", "relation"].filter((name) => !given[name]);
    if (missing.length) {
      markFields(entry, missing.map((field) => ({ field, message: "这一项还没有填。" })));
      throw new Told("请先写上他是谁。");
    }
    try {
      const link = await post(`${path}/guests`, given, { act: `guest.${visit}.${given.name}.${given.relation}` });
      await show(made, given, link);
      entry.reset();
      markFields(entry, []);
      entry.parentElement.querySelector(".notice--complaint")?.remove();
    } catch (problem) {
      if (problem instanceof Refused && problem.errors.length) markFields(entry, problem.errors);
      throw problem;
    }
  };
  return h("div", { class: "fields", "data-complaints": true }, entry, actButton("做一个链接", invite, { kind: "primary", busy: "正在做…" }));
}

function choice(value, words, checked) {
  return h("label", { class: "choice" }, h("input", { type: "radio", name: "part", value, checked }), h("span", {}, words));
}

/** The link, once: copied, or photographed off this screen. */
async function show(made, given, link) {
  const address = `${window.location.origin}/h5/guest#${link.link}`;
  const copied = h("p", { class: "soft", role: "status" });
  const field = h("input", { class: "input", readonly: true, value: address, "aria-label": "链接", "data-testid": "guest-link" });
  const copy = async () => {
    field.select();
    const done = await navigator.clipboard?.writeText(address).then(() => true, () => false);
    copied.textContent = done || document.execCommand("copy") ? "已复制。到微信里粘贴,发给他。" : "没有复制成功,请长按上面的链接。";
  };
  made.replaceChildren(
    h(
      "section",
      { class: "card card--call" },
      h("h2", {}, `发给${given.name}`),
      h("p", {}, `请他在 ${when(link.expires_at, now())} 以前打开。只能用一次,只能在一个手机上用。`),
      await drawQr(address, `${given.name}的链接`),
      field,
      actButton("复制链接", copy, { kind: "primary" }),
      copied,
    ),
  );
  made.scrollIntoView({ block: "start" });
}

/** Who comes and goes shows by itself, without taking away what is being typed. */
function watch(path, found, { asked, list }, { signal, again }) {
  let shown = JSON.stringify(found.guests);
  keepAsking(
    async () => {
      const fresh = await get(path, { signal, again: true });
      if (fresh.may_invite !== found.may_invite) {
        again();
        return false;
      }
      if (JSON.stringify(fresh.guests) !== shown) {
        shown = JSON.stringify(fresh.guests);
        asked.hidden = fresh.guests.length === 0;
        list.replaceChildren(...fresh.guests.map((one) => line(path, one, again)));
      }
      return true;
    },
    { every: 4000, signal },
  );
}
