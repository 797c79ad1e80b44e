// My appointments: those to come, the nearest first, then those gone by.

import { get, now } from "../api.js";
import { h } from "../dom.js";
import { callOf, unreadOf } from "../encounters.js";
import { actButton, empty, linkButton, row, rows } from "../parts.js";
import { isAhead, stateOf, summary, where, whom } from "../visit.js";
import { when } from "../words.js";

export default async function appointments({ signal }) {
  const [page, online] = await Promise.all([get("/appointments", { signal, query: { limit: 30 } }), visits(signal)]);
  const ahead = page.items.filter(isAhead).reverse(); // the API gives the latest first
  const gone = page.items.filter((visit) => !isAhead(visit));
  const past = rows(...gone.map(line));
  return {
    title: "我的预约",
    body: [
      ahead.length
        ? ahead.map((visit) => card(visit, online.get(visit.id)))
        : empty("现在没有预约", "要看病就点“看医生”。", linkButton("看医生", "find", { kind: "primary" })),
      gone.length > 0 && [h("h2", {}, "以前的"), past],
      page.next_cursor && more(page.next_cursor, past, signal),
    ],
  };
}

/** Online visits under way by their appointment; the list opens without knowing, too. */
async function visits(signal) {
  const page = await get("/encounters", { signal, query: { live: "true" }, again: true }).catch(() => ({ items: [] }));
  return new Map(page.items.map((visit) => [visit.appointment_id, visit]));
}

/** Whoever is seen online is led to the waiting room and the talk, not to a door. */
function card(visit, online) {
  if (!online) return summary(visit);
  return summary(visit, { more: unreadOf(online), instead: { way: callOf(online), step: online.next_step } });
}

function line(visit) {
  return row(`appointments/${visit.id}`, when(visit.start, now()), `${visit.patient_name} · ${whom(visit)} · ${where(visit)}`, {
    right: stateOf(visit),
  });
}

function more(cursor, past, signal) {
  let next = cursor;
  const button = actButton(
    "看更早的",
    async () => {
      const page = await get("/appointments", { signal, query: { limit: 30, cursor: next } });
      past.append(...page.items.map(line));
      next = page.next_cursor;
      if (!next) button.remove();
    },
    { busy: "正在取…" },
  );
  return h("div", { "data-complaints": true }, button);
}
