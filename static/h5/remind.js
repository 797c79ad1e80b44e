// Whether WeChat may remind: asked once something is booked, never before, and only where WeChat can
// ask. WeChat's own question exists in the mini program alone; a web view hands over to its page.

import { get, now, post } from "./api.js";
import { h } from "./dom.js";
import { passing } from "./keep.js";
import { actButton, notice } from "./parts.js";
import { askToRemind, isDemo, mayRemind } from "./wechat.js";
import { isoDay, noonOf } from "./words.js";

const MOST = 3; // templates in one question of WeChat
const EVE_MS = 18 * 3600_000; // from the noon of a day back to six in the evening before

/** What is worth a message, by what was done, with the words for it. */
export const WISHES = {
  visit: [
    ["appointment_reminder", "前一天晚上提醒"],
    ["appointment_changed", "停诊、改时间"],
    ["queue_call", "叫到您的号"],
  ],
  line: [
    ["slot_offer", "候补到号了"],
    ["appointment_changed", "停诊、改时间"],
  ],
};

/** The templates to ask about: agreed to none yet, at most three, all of one kind. Pure. */
export function toAsk(items, wishes) {
  const open = wishes
    .map(([topic, words]) => ({ ...items.find((item) => item.topic === topic), words }))
    .filter((item) => item.template_id && !item.left);
  return open.filter((item) => item.long_term === open[0].long_term).slice(0, MOST);
}

/** What is still to come: nobody is asked about an evening that is over. Pure. */
export function wishesFor(kind, start, moment) {
  const over = start && noonOf(isoDay(start)).getTime() - EVE_MS <= moment;
  return WISHES[kind].filter(([topic]) => !(over && topic === "appointment_reminder"));
}

/** The question as a card; false when there is nothing to ask or nobody who could. */
export async function reminders(kind, about, { start = null, signal, again }) {
  const declined = `no-reminder.${about}`;
  if (!mayRemind() || passing.read(declined)) return false;
  const { items } = await get("/subscriptions", { signal }).catch(() => ({ items: [] }));
  const wanted = toAsk(items, wishesFor(kind, start, now()));
  if (!wanted.length) return false;
  const card = h("section", { class: "card", "data-complaints": true });
  const no = () => {
    passing.write(declined, now());
    card.remove();
  };
  const yes = () => (isDemo() ? card.replaceChildren(...demo(wanted, card, again)) : askToRemind(wanted));
  card.append(
    h("h2", {}, "要不要微信提醒您?"),
    h("ul", { class: "bullets" }, wanted.map((item) => h("li", {}, item.words))),
    h("p", {}, "同意一次,每样提醒一回。不同意也不影响看病,消息里一样能看到。"),
    actButton("要,微信提醒我", yes),
    actButton("不用了", no, { kind: "quiet" }),
  );
  return card;
}

/** The demo has no WeChat around it: its question is played here. */
function demo(wanted, card, again) {
  const boxes = wanted.map((item) =>
    h("label", { class: "choice" }, h("input", { type: "checkbox", checked: true, value: item.template_id }), h("span", {}, item.words)),
  );
  const answer = async (allowed) => {
    const answers = boxes.map((label) => {
      const { value, checked } = label.querySelector("input");
      return { template_id: value, answer: allowed && checked ? "accept" : "reject" };
    });
    await post("/subscriptions", { answers });
    if (answers.some((one) => one.answer === "accept")) {
      card.replaceChildren(notice("好了,到时候微信提醒您。", "done"));
    } else await again();
  };
  return [
    notice("这是演示。真正使用时,这里是微信自己的询问。"),
    h("fieldset", { class: "field" }, h("legend", {}, "“家门口医院”想给您发这些消息"), boxes),
    actButton("允许", () => answer(true)),
    actButton("取消", () => answer(false), { kind: "quiet" }),
  ];
}
