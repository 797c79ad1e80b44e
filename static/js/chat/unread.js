/* How many messages are unread, beside what they are about: <span data-unread="Encounter/<id>" hidden>.
   The count is the conversations' own (`GET /conversations`); the page around it knows no chat. */

const EVERY_MS = 15_000;

const places = () => [...document.querySelectorAll("[data-unread]")];
let counts = new Map();

function show() {
  for (const place of places()) {
    const unread = counts.get(place.dataset.unread) ?? 0;
    const words = unread ? `${unread} 条新消息` : "";
    if (place.textContent !== words) place.textContent = words;
    place.hidden = !unread;
  }
}

async function ask() {
  if (document.hidden || !places().length) return;
  const answer = await fetch("/conversations", { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const { items } = await answer.json();
  counts = new Map(items.map(({ subject, unread }) => [subject, unread]));
  show();
}

document.addEventListener("visibilitychange", ask);
document.addEventListener("htmx:load", () => {
  show(); // what was known, at once
  ask();
});
setInterval(ask, EVERY_MS);
ask();
