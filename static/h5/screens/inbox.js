// 消息: what the house told this account, the newest first. Opening the page reads them, and what
// comes while it stands open comes by itself.

import { get, now, post } from "../api.js";
import { h } from "../dom.js";
import { keepAsking } from "../live.js";
import { actButton, badge, empty, linkButton } from "../parts.js";
import { when } from "../words.js";

const EVERY_MS = 10_000;

export default async function inbox({ signal, again }) {
  const page = await get("/communications", { signal, query: { limit: 30 } });
  const list = h("div", { class: "fields" }, page.items.map(card));
  markRead(page.items);
  watch(page.items[0]?.id, { signal, again });
  return {
    title: "消息",
    body: page.items.length
      ? [list, page.next_cursor && more(page.next_cursor, list, signal)]
      : empty("还没有消息", "约号、停诊、退款这些事,都会写在这里。"),
  };
}

/** Draw the screen anew when something is newer than what it shows. */
function watch(newest, { signal, again }) {
  keepAsking(
    async () => {
      const page = await get("/communications", { signal, query: { limit: 1 }, again: true });
      if (page.items[0]?.id === newest) return true;
      again();
      return false;
    },
    { every: EVERY_MS, signal },
  );
}

function card(message) {
  const place = placeOf(message.page);
  return h(
    "section",
    { class: "card" },
    message.read_at ? false : badge("新", "progress"),
    h("h2", {}, message.title),
    h("p", {}, message.text),
    h("p", { class: "soft" }, when(message.created_at, now())),
    place && linkButton("去看看", place),
  );
}

/** The mini program's page as a place of these pages; empty when there is none. Pure. */
export function placeOf(page) {
  const [, kind, id, whose] = /^pages\/(\w+)\/index\?id=([\w-]+)(?:&patient=([\w-]+))?$/.exec(page ?? "") ?? [];
  const places = { appointment: "appointments", family: "family", openings: "family", immunization: "family", visit: "visits", prescription: "medicines", complaint: "complaints", referral: "referrals", contract: "family-doctor", talk: "family-doctor" };
  if (kind === "askvisit") return `visits/new?doctor=${id}&patient=${whose}`;
  const deeper = { openings: "/openings", immunization: "/immunizations", talk: "/talk" }[kind] ?? "";
  return places[kind] ? `${places[kind]}/${id}${deeper}` : "";
}

/** It does not matter much when this gets lost: they stay new until the next time. */
function markRead(items) {
  const ids = items.filter((message) => !message.read_at).map((message) => message.id);
  if (ids.length) post("/communications/receipts", { ids }).catch(() => null);
}

function more(cursor, list, signal) {
  let next = cursor;
  const button = actButton("看更早的", async () => {
    const page = await get("/communications", { signal, query: { limit: 30, cursor: next } });
    list.append(...page.items.map(card));
    markRead(page.items);
    next = page.next_cursor;
    if (!next) button.remove();
  });
  return h("div", { "data-complaints": true }, button);
}
