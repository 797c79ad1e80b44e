// What was said before the newest page: fetched when somebody asks, and the eye stays where it reads.

import { get } from "./api.js";
import { put } from "./conversation.js";
import { h } from "./dom.js";
import { actButton } from "./parts.js";

const AT_ONCE = 50;

/** 更早的消息, above the list as long as there is something earlier. `state.earlier` is known by the
    time that the screen is drawn. */
export function earlierAbove(state) {
  const button = actButton("更早的消息", () => back(state, place), { kind: "quiet", busy: "正在取…" });
  const place = h("div", { class: "talk__earlier", "data-complaints": true, "data-testid": "talk-earlier" }, button);
  place.hidden = !state.earlier;
  return place;
}

async function back(state, place) {
  const first = state.said.querySelector("[data-seq]");
  if (!first) return;
  const page = await get(`${state.path}/messages`, {
    ...state.options,
    query: { before: first.dataset.seq, limit: String(AT_ONCE) },
  });
  const list = state.said.parentElement;
  list.setAttribute("aria-busy", "true"); // the ear has asked for the past, not to hear all of it
  const before = first.getBoundingClientRect().top;
  for (const message of page.items) put(state, message);
  state.earlier = page.earlier;
  place.hidden = !page.earlier;
  window.scrollBy({ top: first.getBoundingClientRect().top - before });
  list.removeAttribute("aria-busy");
}
