// One complaint: what was said, what was done, whether one is content.

import { get, now, post } from "../api.js";
import { stateOf } from "../complaint.js";
import { h } from "../dom.js";
import { actButton, fold, nextStep, Told } from "../parts.js";
import { when } from "../words.js";

export default async function complaint({ params, signal, again }) {
  const path = `/complaints/${params.id}`;
  const one = await get(path, { signal });
  return {
    title: "投诉",
    otherwise: "complaints",
    onReturn: again,
    body: [
      h(
        "section",
        { class: "card", "data-testid": "complaint", "data-status": one.status },
        stateOf(one),
        h("p", { class: "when" }, one.category_name),
        h("p", { class: "soft" }, [one.organization_name, one.about].filter(Boolean).join(" · ")),
        h("p", { class: "prewrap" }, one.text),
        nextStep(one.next_step),
      ),
      one.answer && h("section", { class: "card" }, h("h2", {}, "医院的答复"), h("p", { class: "prewrap" }, one.answer)),
      choices(one, path, again),
      fold("办理经过", h("ol", { class: "fields" }, one.steps.map(step))),
    ],
  };
}

function step(one) {
  return h("li", {}, h("b", {}, one.name), h("span", { class: "soft" }, ` ${one.by} ${when(one.at, now())}`), one.words && h("p", { class: "prewrap" }, one.words));
}

function choices(one, path, again) {
  const act = (words, verb, options) =>
    actButton(words, async () => {
      await post(`${path}/${verb}`, {}, { act: `complaint.${verb}.${one.id}` });
      await again();
    }, options);
  const may = (action) => one.can.includes(action);
  return h(
    "section",
    { class: "fields", "data-complaints": true },
    may("close") && act("可以了", "closure", { kind: "primary" }),
    may("reopen") && fold("不满意,要求再办", reopening(one, path, again)),
    may("withdraw") && act("不投诉了,撤回", "withdrawal", { kind: "quiet" }),
  );
}

function reopening(one, path, again) {
  const reason = h("textarea", { id: "f-reason", class: "input", rows: "4", maxlength: "1000" });
  const send = async () => {
    if (reason.value.trim().length < 2) throw new Told("请写上哪里不满意。");
    await post(`${path}/reopening`, { reason: reason.value.trim() }, { act: `complaint.reopen.${one.id}.${one.steps.length}` });
    await again();
  };
  return h("div", { class: "fields", "data-complaints": true }, h("div", { class: "field" }, h("label", { for: "f-reason", class: "field__label" }, "哪里不满意"), reason), actButton("要求再办", send, { kind: "primary" }));
}
