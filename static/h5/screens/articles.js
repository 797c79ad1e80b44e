// 健康知识: what one's doctors have written, the newest first; the question of the week on top.

import { get, now } from "../api.js";
import { badge, empty, row, rows } from "../parts.js";
import { when } from "../words.js";

export default async function articles({ signal }) {
  const page = await get("/articles", { signal, again: true });
  const asked = page.items.find((one) => one.id === page.of_the_week && !one.read);
  return {
    title: "健康知识",
    body: page.items.length
      ? [asked && rows(row(`articles/${asked.id}`, "每周一问", asked.title, { name: "chat" })), rows(...page.items.map(line))]
      : empty("还没有文章", "家庭医生写的、审过的健康知识会放在这里。"),
  };
}

function line(one) {
  const right = one.read ? badge("读过", "done") : one.is_new && badge("新的", "progress");
  return row(`articles/${one.id}`, one.title, [one.subject_name, when(one.published_at, now())], { right });
}
