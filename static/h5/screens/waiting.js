// My places in line, and offers that wait for an answer.

import { get, now, post, remove } from "../api.js";
import { h } from "../dom.js";
import { everySecond, keepAsking } from "../live.js";
import { actButton, badge, empty, linkButton, nextStep } from "../parts.js";
import { reminders } from "../remind.js";
import { go } from "../router.js";
import { countdown, dayWords, noonOf } from "../words.js";

export default async function waiting({ signal, again }) {
  const { items } = await get("/waiting-wishes", { signal, again: true });
  const offers = await Promise.all(
    items.map((wish) =>
      wish.status === "offered" ? get(`/appointments/${wish.appointment_id}`, { signal }) : null,
    ),
  );
  const before = JSON.stringify(items);
  keepAsking(
    async () => {
      const fresh = await get("/waiting-wishes", { signal, again: true });
      if (JSON.stringify(fresh.items) === before) return true;
      again();
      return false;
    },
    { every: 15_000, signal },
  );
  return {
    title: "候补",
    body: items.length
      ? [
          items.map((wish, at) => card(wish, offers[at], { signal, again })),
          await reminders("line", items[0].id, { signal, again }),
        ]
      : empty("没有在排队的候补", "约满的那一天可以点“候补”。", linkButton("看医生", "find", { kind: "primary" })),
  };
}

function card(wish, offer, { signal, again }) {
  return h(
    "section",
    { class: offer ? "card card--call" : "card", "data-complaints": true },
    badge(wish.status_name, offer ? "urgent" : "waiting"),
    h("p", { class: "when" }, dayWords(noonOf(wish.day), now())),
    h("p", {}, h("b", {}, wish.patient_name), ` 看 ${wish.practitioner_name} · ${wish.department_name}`),
    h("p", { class: "soft" }, wish.organization_name),
    offer ? answer(wish, offer, { signal, again }) : inLine(wish, again),
  );
}

function inLine(wish, again) {
  const leave = async () => {
    await remove(`/waiting-wishes/${wish.id}`);
    await again();
  };
  const words = wish.position === 1 ? "您排在第一位。" : `您排在第 ${wish.position} 位。`;
  return [
    wish.position && h("p", { "aria-live": "polite" }, h("b", {}, words)),
    nextStep(wish.next_step),
    actButton("不排了", leave, { kind: "quiet", busy: "正在退出…" }),
  ];
}

function answer(wish, offer, { signal, again }) {
  const left = h("b", {});
  const until = Date.parse(offer.hold_expires_at);
  let over = false;
  everySecond(() => {
    left.textContent = countdown(until - now());
    if (until <= now() && !over) {
      over = true;
      setTimeout(again, 3000);
    }
  }, signal);
  const take = async () => {
    const made = await post(`/waiting-wishes/${wish.id}/acceptance`, {}, { act: `take.${wish.id}` });
    go(made.status === "held" ? `pay/${made.id}` : `appointments/${made.id}`);
  };
  const decline = async () => {
    await remove(`/waiting-wishes/${wish.id}`);
    await again();
  };
  return [
    h("p", { role: "timer" }, "有号了!还剩 ", left, " 答复"),
    nextStep(wish.next_step),
    actButton("我要这个号", take, { kind: "primary" }),
    actButton("不要了,给后面的人", decline, { kind: "quiet" }),
  ];
}
