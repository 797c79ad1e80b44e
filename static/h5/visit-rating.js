// After a visit: stars and words, changeable for some days, and the way to complain.

import { now, put } from "./api.js";
import { h } from "./dom.js";
import { actButton, fold, linkButton, Told } from "./parts.js";
import { when } from "./words.js";

const STARS = [
  [5, "很满意"],
  [4, "满意"],
  [3, "一般"],
  [2, "不满意"],
  [1, "很不满意"],
];

const typed = new Map(); // visit -> its form: what was typed outlives the screen being drawn anew

/** What one may say about a visit that is over. */
export function opinion(found, again) {
  const open = found.rate_until && Date.parse(found.rate_until) > now();
  return [
    open && (found.rating ? fold(`您评了 ${found.rating.stars} 星(还能改)`, form(found, again)) : kept(found, again)),
    !open && found.rating && h("p", { class: "soft" }, `您评了 ${found.rating.stars} 星。`),
    linkButton("有意见,投诉", `complaints/new?about=encounter&id=${found.id}&patient=${found.patient_id}`, { kind: "quiet" }),
  ];
}

function kept(found, again) {
  if (!typed.has(found.id)) typed.set(found.id, form(found, again));
  return typed.get(found.id);
}

function form(found, again) {
  const words = h("textarea", { id: "f-words", name: "words", class: "input", rows: "3", maxlength: "300" }, found.rating?.words ?? "");
  const entry = h(
    "form",
    { class: "fields", "data-testid": "rating" },
    h(
      "fieldset",
      { class: "field" },
      h("legend", { class: "field__label" }, "这次看得怎么样?"),
      STARS.map(([stars, word]) =>
        h("label", { class: "choice" }, h("input", { type: "radio", name: "stars", value: String(stars), checked: found.rating?.stars === stars }), h("span", {}, `${"★".repeat(stars)} ${word}`)),
      ),
    ),
    h("div", { class: "field" }, h("label", { for: "f-words", class: "field__label" }, "想说的话(可以不写)"), words),
    h("p", { class: "soft" }, `医生看到的没有您的名字,也不影响以后看病。${when(found.rate_until, now())} 以前可以改。`),
  );
  entry.addEventListener("submit", (event) => event.preventDefault());
  const send = async () => {
    const stars = Number(entry.elements.stars.value);
    if (!stars) throw new Told("请先选几颗星。");
    await put(`/encounters/${found.id}/rating`, { stars, words: words.value.trim() });
    typed.delete(found.id);
    await again();
  };
  return h("section", { class: "card", "data-complaints": true }, entry, actButton(found.rating ? "改评价" : "评价", send, { busy: "正在提交…" }));
}
