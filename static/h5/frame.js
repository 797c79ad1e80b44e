// What stands around a screen: the way back, the title, the foot with the one button. Also what is
// shown while waiting, when something failed, and when there is no line.

import { NoLine, Refused } from "./api.js";
import { h, icon } from "./dom.js";
import { actButton, linkButton, nextStep, sentenceOf, Told } from "./parts.js";
import { back, here, href } from "./router.js";

const HOUSE = "家门口医院";
const phone = () => document.getElementById("phone");
const lineWord = h("p", { class: "line-word", role: "status" });

/** A screen: {title, body, foot, home, top, otherwise}. `otherwise`: where back leads from outside. */
export function screen(made, { first = false, again = false } = {}) {
  const title = h("h1", { tabindex: "-1" }, made.title);
  const top = made.home ? homeBar(title, made.top) : bar(title, made);
  const foot = made.foot && h("div", { class: "foot", "data-complaints": true }, made.foot);
  const scrolled = window.scrollY;
  phone().replaceChildren(top, page(made.body, foot));
  phone().removeAttribute("aria-busy");
  document.title = made.home ? HOUSE : `${made.title} · ${HOUSE}`;
  if (again) window.scrollTo(0, scrolled);
  else if (!first) title.focus({ preventScroll: true });
}

function page(body, foot = false) {
  return h("main", { class: "page" }, lineWord, h("div", { class: "screen" }, body), foot);
}

function bar(title, made) {
  const leave = h(
    "a",
    {
      class: "top__link",
      href: href(made.otherwise ?? ""),
      onclick: (event) => {
        event.preventDefault();
        back(made.otherwise ?? "");
      },
    },
    icon("left"),
    "返回",
  );
  const end = made.top ?? h("a", { class: "top__link top__link--end", href: href("") }, "首页");
  return h("header", { class: "top" }, leave, title, end);
}

function homeBar(title, end) {
  return h("header", { class: "top top--home" }, title, end);
}

/** The shape of what is coming, and a word for those who hear the page. */
export function waiting() {
  phone().setAttribute("aria-busy", "true");
  const skeleton = h("div", { class: "skeleton" }, h("i"), h("i"), h("i"));
  const word = h("p", { class: "soft", role: "status" }, "正在打开,请稍等…");
  const title = h("h1", { tabindex: "-1" }, HOUSE);
  const top = here() ? bar(title, {}) : homeBar(title, null);
  phone().replaceChildren(top, page([word, skeleton]));
}

/** What went wrong and what to do now. */
export function failure(problem, again) {
  const told = explain(problem);
  if (told.report) console.error(problem);
  screen({
    title: told.title,
    body: [
      h("div", { class: "notice notice--danger", role: "alert" }, icon("warning"), told.sentence),
      nextStep(told.next),
    ],
    foot: told.final
      ? linkButton("回首页", "", { kind: "primary" })
      : [actButton("再试一次", again, { kind: "primary" }), linkButton("回首页", "", { kind: "quiet" })],
  });
}

function explain(problem) {
  if (problem instanceof NoLine) {
    const next = "走到信号好一点的地方,再点“再试一次”。";
    return { title: "没有网络", sentence: problem.message, next };
  }
  if (problem instanceof Refused && problem.status === 429) {
    const next = "等一分钟再试。急事请打电话给村医,急症请打 120。";
    return { title: "现在人太多", sentence: problem.message, next };
  }
  if (problem instanceof Told) {
    return { title: "没有打开", sentence: problem.message, next: "", final: true };
  }
  if (problem instanceof Refused && problem.status === 404) {
    const next = "链接可能旧了,或者换了微信登录。回首页看看。";
    return { title: problem.title, sentence: problem.message, next, final: true };
  }
  if (problem instanceof Refused && problem.status < 500) {
    return { title: problem.title, sentence: problem.message, next: "" };
  }
  const number = problem.number ? `(编号 ${problem.number})` : "";
  return {
    title: "没有打开",
    sentence: `${sentenceOf(problem)}${number}`,
    next: "过一会儿再试。急症请打 120。",
    report: !(problem instanceof Refused),
  };
}

/** Say that the line is gone, and go on by itself when it is back. */
export function watchLine(whenBack) {
  const say = () => {
    lineWord.replaceChildren(
      ...(navigator.onLine ? [] : [icon("warning"), "没有网络,连上以后会自动继续。"]),
    );
  };
  window.addEventListener("offline", say);
  window.addEventListener("online", () => {
    say();
    whenBack();
  });
  say();
}
