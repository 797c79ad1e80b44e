// A signed paper as a PDF. It is printed when somebody first asks, so the screen asks for it and
// then shows one plain button: a tap that opens an address works in every web view.

import { now } from "./api.js";
import { h } from "./dom.js";
import { actButton, facts, fold } from "./parts.js";
import { openPaper } from "./wechat.js";
import { clock } from "./words.js";

/** The screen of a paper that the server has `made`. `word` names it on the button. */
export function paperScreen(made, { title, word, back, heading, rows, said, again }) {
  return {
    title,
    otherwise: back,
    body: [
      h(
        "section",
        { class: "card", "data-testid": "paper" },
        h("p", { class: "when" }, heading),
        facts(rows),
        h("p", {}, said),
        h("p", { class: "when", "data-testid": "paper-code" }, made.code),
      ),
      fold(
        "打不开怎么办",
        h("p", {}, "安卓手机的微信会问用什么打开,选一个能看 PDF 的就行。也可以复制网址,用手机上的浏览器打开。"),
        h("p", { class: "soft" }, `网址 ${clock(made.expires_at)} 以前有效,过了再点一次“换一个新网址”。不要发给别人。`),
        h("div", { class: "fields", "data-complaints": true }, [copying(made.url), actButton("换一个新网址", again, { kind: "quiet" })]),
      ),
    ],
    foot: actButton(`打开${word}`, () => open(made, again), { kind: "primary", busy: "正在打开…" }),
  };
}

/** An address that ran out while the screen stood open is asked for anew. */
async function open(made, again) {
  if (Date.parse(made.expires_at) <= now()) await again();
  else await openPaper(made.url);
}

function copying(url) {
  const said = h("p", { class: "soft", role: "status" });
  const copy = async () => {
    await navigator.clipboard.writeText(url);
    said.textContent = "复制好了。";
  };
  return h("div", {}, actButton("复制网址", copy), said);
}
