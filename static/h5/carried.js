// Drugs that are carried: the code, where they are going, what happened on the way, what is wrong.

import { now, post } from "./api.js";
import { h } from "./dom.js";
import { actButton, facts, fold, notice } from "./parts.js";
import { when } from "./words.js";

const WRONGS = [
  ["missing", "没收到"],
  ["broken", "破了、漏了"],
  ["wrong", "药不对,或者数量不对"],
  ["other", "别的问题"],
];

/** Six big digits, while somebody of ours carries it. */
export function receiptCode(order) {
  const code = order?.carried?.code;
  if (!code) return false;
  return h(
    "section",
    { class: "card center" },
    h("h2", {}, "收药码"),
    h("p", { class: "code", "data-testid": "receipt-code" }, code.replace(/(\d{3})/, "$1 ")),
    h("p", {}, "拿到药时再报给村医或者送药的人。用过一次就失效,不要发给别人。没带手机,带证件也行。"),
  );
}

/** Where it goes, by whom, whom to ring. */
export function whereTo(order) {
  const { carried } = order;
  const pharmacy = order.pharmacy_phone && phone(order.pharmacy_phone);
  if (!carried) return false;
  return facts([
    ["送到", carried.to_place],
    ["收药人", [carried.to_name, carried.to_phone_masked].filter(Boolean).join(" ")],
    ["村医电话", carried.clinic_phone && phone(carried.clinic_phone)],
    ["谁送", carried.carrier_name],
    ["快递单号", carried.tracking_number],
    ["药房", order.pharmacy_name],
    ["药房电话", pharmacy],
  ]);
}

const phone = (number) => h("a", { href: `tel:${number}` }, number);

/** The road: what was told, the newest last. */
export function road(order) {
  const events = order?.carried?.events ?? [];
  const shown = order?.carried && !["pay_pending", "closed"].includes(order.status);
  if (!shown) return false;
  return h(
    "section",
    { class: "card", "data-testid": "road" },
    h("h2", {}, "药到哪里了"),
    events.length > 0 &&
      h(
        "ol",
        { class: "way" },
        events.map((one, at) =>
          h(
            "li",
            { class: `way__step way__step--${at === events.length - 1 ? "now" : "done"}` },
            h("b", {}, one.text),
            h("span", { class: "soft" }, when(one.at, now())),
          ),
        ),
      ),
    whereTo(order),
  );
}

/** 药有问题: tell the pharmacy, read what it says. */
export function trouble(one, again) {
  const { order } = one;
  if (!order) return false;
  return [told(order.trouble), order.may_report && reporting(one, again)];
}

function told(found) {
  if (!found) return false;
  const kind = found.settled ? "done" : "waiting";
  const words = found.settled ? `药房答复:${found.answer}` : "已经告诉药房,请等电话或者这里的答复。";
  const said = [found.kind_name, found.text].filter(Boolean).join(":");
  return h("div", { "data-testid": "trouble" }, notice(`您说:${said}`, kind, h("p", {}, words)));
}

function reporting(one, again) {
  const form = h(
    "form",
    { class: "fields", novalidate: true },
    h(
      "fieldset",
      { class: "field" },
      h("legend", { class: "field__label" }, "什么问题"),
      WRONGS.map(([value, words], at) =>
        h("label", { class: "choice" }, h("input", { type: "radio", name: "kind", value, checked: at === 0 }), h("span", {}, words)),
      ),
    ),
    h(
      "div",
      { class: "field", "data-field": "text" },
      h("label", { for: "f-text", class: "field__label" }, "怎么回事(可以不写)"),
      h("textarea", { id: "f-text", name: "text", class: "input", rows: "3", maxlength: "300" }),
    ),
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  const send = async () => {
    const entry = Object.fromEntries(new FormData(form));
    await post(`/medication-requests/${one.id}/trouble`, entry, { act: `trouble.${one.order.id}.${entry.kind}` });
    await again();
  };
  return fold(
    "药有问题",
    h(
      "div",
      { "data-complaints": true },
      h("p", {}, "先别用,留着包装。告诉药房,药师会联系您。"),
      form,
      actButton("告诉药房", send, { kind: "primary", busy: "正在发送…" }),
    ),
  );
}
