// The foot of a long list: fetches what is older, and goes when there is no more.

import { get } from "./api.js";
import { h } from "./dom.js";
import { actButton } from "./parts.js";

/** 看更早的, or nothing. `card` draws one item; they come in below the others. */
export function olderBelow(path, page, { list, card, limit, signal }) {
  if (!page.next_cursor) return null;
  let cursor = page.next_cursor;
  const button = actButton("看更早的", async () => {
    const older = await get(path, { signal, query: { limit, cursor } });
    list.append(...older.items.map(card));
    cursor = older.next_cursor;
    if (!cursor) button.remove();
  });
  return h("div", { "data-complaints": true }, button);
}
