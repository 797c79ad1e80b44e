// One article in large plain words. How long it is read is told when one leaves, never by a timer
// that runs while the phone lies in a pocket.

import { get, post } from "../api.js";
import { h } from "../dom.js";
import { actButton, notice } from "../parts.js";

const LEAST_MS_A_LETTER = 60; // faster than that nobody has read it

export default async function article({ params, signal, again }) {
  const path = `/articles/${params.id}`;
  const found = await get(path, { signal, again: true });
  const end = h("p", { class: "soft" }, `${found.author}写,${found.reviewer}审。不能代替看病,不舒服请找医生。`);
  watch(path, found, end, signal);
  return {
    title: found.subject_name,
    otherwise: "articles",
    body: [
      h("h2", { class: "article__title" }, found.title),
      h("p", {}, h("b", {}, found.summary)),
      h("div", { class: "article" }, found.blocks.map((block) => element(block, found.pictures))),
      found.question && question(path, found.question, again),
      h("p", {}, h("a", { href: found.share }, "发给家人看")),
      end,
    ],
  };
}

const words = (runs) => runs.map((run) => (run.bold ? h("b", {}, run.text) : run.text));

function element(block, pictures) {
  switch (block.kind) {
    case "heading":
      return h("h3", {}, words(block.runs));
    case "quote":
      return h("blockquote", {}, words(block.runs));
    case "list":
    case "steps":
      return h(block.kind === "list" ? "ul" : "ol", {}, block.items.map((item) => h("li", {}, words(item))));
    case "picture":
      return h("img", { class: "article__picture", src: `${pictures}${block.picture_id}`, alt: block.runs.map((run) => run.text).join(""), loading: "lazy" });
    default:
      return h("p", {}, words(block.runs));
  }
}

function question(path, asked, again) {
  if (asked.answer !== null) {
    const right = asked.answer === asked.right;
    return notice(right ? "答对了!" : `正确答案:${asked.choices[asked.right]}`, right ? "done" : "progress", asked.explanation && h("p", {}, asked.explanation));
  }
  const choose = (choice) => async () => {
    await post(`${path}/answer`, { choice }, { act: `answer.${path}` });
    await again();
  };
  return h("section", { class: "card" }, h("h2", {}, asked.text), asked.choices.map((choice, at) => actButton(choice, choose(at))));
}

function watch(path, found, end, signal) {
  const letters = found.blocks.flatMap((block) => [...block.runs, ...block.items.flat()]).reduce((sum, run) => sum + run.text.length, 0);
  let seen = 0;
  let since = performance.now();
  let reached = false;
  const look = () => {
    if (!document.hidden) seen += performance.now() - since;
    since = performance.now();
  };
  const bottom = new IntersectionObserver((entries) => (reached ||= entries.some((entry) => entry.isIntersecting)));
  bottom.observe(end);
  const tell = () => {
    look();
    const finished = reached && seen >= letters * LEAST_MS_A_LETTER;
    const seconds = Math.round(seen / 1000);
    post(`${path}/readings`, { seconds, finished }, { act: `read.${path}.${seconds}` }).catch(() => {});
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? tell() : (since = performance.now())), { signal });
  signal.addEventListener("abort", () => {
    bottom.disconnect();
    tell();
  });
}
