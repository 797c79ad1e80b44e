// 问一问: the resident and the family-doctor team. Asking is advice; being seen is a visit.

import { get, post } from "../api.js";
import { closed, composer } from "../composer.js";
import { catchUp, conversation, dressed, log, show } from "../conversation.js";
import { h } from "../dom.js";
import { keepAsking } from "../live.js";
import { empty, linkButton, notice } from "../parts.js";
import { choose } from "../session.js";
import { restore } from "../unsent.js";

const OFTEN_MS = 4000;
const SOON_MS = 500;
const CHECK_EVERY = 5; // turns: while the socket is up, the page asks only to be sure

export default async function teamTalk({ params, signal }) {
  const contract = await get(`/contracts/${params.id}`, { signal });
  choose(contract.patient_id); // a message may be about somebody else of the family
  const { talk } = contract;
  const shown = { title: contract.team.name, otherwise: "family-doctor" };
  if (!talk.opened && !talk.may_write) return { ...shown, body: empty("没有说过话", "签约生效以后,可以在这里问家庭医生团队。") };
  const path = `/contracts/${params.id}/talk`;
  if (!talk.opened) await post(path, {}, { act: `talk.${params.id}` });
  const [first] = await Promise.all([opened(path, signal), dressed()]);
  const state = conversation(path, { signal, them: "团队" });
  const foot = first.may_write && composer(state); // before the messages: it says whether they can be quoted
  show(state, first);
  restore(state);
  follow(state);
  hearAtOnce(state);
  return {
    ...shown,
    body: [
      talk.may_write && notice(talk.promise, "waiting"),
      talk.may_write && h("p", { class: "soft" }, talk.note, " ", h("a", { href: "#/visits" }, "约复诊")),
      log(state),
    ],
    foot: foot || [closed(state, "签约结束了,只能看。"), linkButton("我的家庭医生", "family-doctor")],
  };
}

/** The newest messages; the conversation begins a moment after it was opened. */
async function opened(path, signal, tries = 10) {
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

function follow(state) {
  let turn = 0;
  keepAsking(
    async () => {
      if (!state.link?.open || ++turn % CHECK_EVERY === 0) await catchUp(state);
      return true;
    },
    { every: OFTEN_MS, signal: state.signal },
  );
}
