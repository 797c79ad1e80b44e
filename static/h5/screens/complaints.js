// 投诉: what I have filed, and how to file one about anything.

import { get, now } from "../api.js";
import { h } from "../dom.js";
import { empty, linkButton, row, rows } from "../parts.js";
import { stateOf } from "../complaint.js";
import { when } from "../words.js";

export default async function complaints({ signal }) {
  const { items, promise } = await get("/complaints", { signal });
  return {
    title: "投诉",
    otherwise: "account",
    body: items.length
      ? [rows(...items.map(line))]
      : [empty("没有投诉过", `对看病、等候、收费、态度不满意,都可以说。${promise}`)],
    foot: linkButton("我要投诉", "complaints/new", { kind: items.length ? "" : "primary" }),
  };
}

function line(one) {
  return row(`complaints/${one.id}`, one.category_name, [one.about || one.organization_name, when(one.filed_at, now())], {
    right: h("span", {}, stateOf(one)),
  });
}
