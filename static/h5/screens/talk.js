// The visit in text, pictures and voice.

import { get } from "../api.js";
import { closed, composer } from "../composer.js";
import { catchUp, conversation, dressed, log, show } from "../conversation.js";
import { h, icon } from "../dom.js";
import { isOver } from "../encounters.js";
import { keepAsking } from "../live.js";
import { linkButton, notice } from "../parts.js";
import { restore } from "../unsent.js";

const OFTEN_MS = 2000;
const SOON_MS = 500;
const CHECK_EVERY = 5; // turns: while the socket is up, the page asks only to be sure

export default async function talk({ params, signal, again }) {
  const path = `/encounters/${params.id}`;
  const [visit, first] = await Promise.all([
    get(path, { signal, again: true }),
    opened(path, signal),
    dressed(),
  ]);
  const state = conversation(path, { signal });
  const foot = first.may_write && composer(state); // before the messages: it says whether they can be quoted
  show(state, first);
  restore(state);
  follow(state, visit, again);
  hearAtOnce(state);
  return {
    title: `${visit.practitioner_name}医生`,
    otherwise: `visits/${params.id}`,
    body: [
      visit.status === "called" && notice("医生叫您了,请先进去。", "waiting", linkButton("进去", `visits/${params.id}`, { kind: "primary" })),
      visit.kind === "video" && visit.status === "in_progress" && h("a", { class: "button", href: `/h5/room#${params.id}` }, icon("video"), "进视频"),
      log(state),
    ],
    foot: foot || closed(state, "这次复诊已结束,只能看。"),
  };
}

/** The newest messages; the conversation begins a moment after one has come into the waiting room. */
async function opened(path, signal, tries = 5) {
  try {
    return await get(`${path}/messages`, { signal });
  } catch (problem) {
    if (problem.code !== "not_yet" || !tries) throw problem;
  }
  await new Promise((done) => setTimeout(done, SOON_MS));
  if (signal.aborted) throw signal.reason;
  return opened(path, signal, tries - 1);
}

/** The socket comes after the screen: whoever waits for it reads already. */
async function hearAtOnce(state) {
  const live = await import("../talk-live.js").catch(() => null);
  if (live && !state.signal.aborted) state.link = live.listen(state);
}

function follow(state, visit, again) {
  const { path, signal } = state;
  let turn = 0;
  keepAsking(
    async () => {
      const fresh = await get(path, { signal, again: true });
      const changed = fresh.status !== visit.status || fresh.kind !== visit.kind;
      if (changed || !state.link?.open || ++turn % CHECK_EVERY === 0) await catchUp(state);
      if (changed && !state.voice?.busy) {
        if (isOver(fresh) || fresh.kind !== visit.kind || fresh.status === "called") again();
        return !isOver(fresh);
      }
      return true;
    },
    { every: OFTEN_MS, signal },
  );
}
