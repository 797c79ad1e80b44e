// 我的药: every prescription of the family, those under way first.

import { get, now } from "../api.js";
import { h } from "../dom.js";
import { doctorWords, isOver, stateOf, summary } from "../medicine.js";
import { actButton, empty, linkButton, row, rows } from "../parts.js";
import { when } from "../words.js";

export default async function medicines({ signal, again }) {
  const page = await get("/medication-requests", { signal, query: { limit: 30 }, again: true });
  const live = page.items.filter((one) => !isOver(one));
  const over = rows(...page.items.filter(isOver).map(line));
  return {
    title: "我的药",
    otherwise: "",
    onReturn: again,
    body: page.items.length
      ? [
          live.map(summary),
          over.children.length > 0 && [h("h2", {}, "以前的"), over],
          page.next_cursor && more(page.next_cursor, over, signal),
        ]
      : empty("还没有处方", "医生给您开了药,会出现在这里。", linkButton("看医生", "find", { kind: "primary" })),
  };
}

function line(one) {
  return row(`medicines/${one.id}`, `${one.patient_name} · ${when(one.signed_at, now())}`, doctorWords(one), {
    right: stateOf(one),
    name: "pill",
  });
}

function more(cursor, list, signal) {
  let next = cursor;
  const button = actButton("看更早的", async () => {
    const page = await get("/medication-requests", { signal, query: { limit: 30, cursor: next } });
    list.append(...page.items.map(line));
    next = page.next_cursor;
    if (!next) button.remove();
  });
  return h("div", { "data-complaints": true }, button);
}
