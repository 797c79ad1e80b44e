// Sign: a code to the patient's own number, typed in here.

import { get, post } from "../api.js";
import { h } from "../dom.js";
import { priceWords, termOf } from "../family-doctor.js";
import { passing } from "../keep.js";
import { actButton, box, fold, markFields, nextStep, notice, Told } from "../parts.js";
import { go } from "../router.js";
import { isDemo } from "../wechat.js";

export default async function sign({ params, signal }) {
  const path = `/contracts/${params.id}`;
  const one = await get(path, { signal, again: true });
  if (!one.can.includes("sign")) {
    go("family-doctor", { replace: true });
    return null;
  }
  const said = h("p", { role: "status" });
  const form = h("form", { class: "fields" }, box("code", "验证码", { inputmode: "numeric", autocomplete: "one-time-code", maxlength: "8" }));
  const button = actButton("签字", () => finish(form, path), { kind: "primary", busy: "正在签字…" });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.click();
  });
  const send = async () => {
    const { phone_masked: to } = await post(`${path}/signature-code`);
    passing.write("contract.phone", to);
    said.textContent = `验证码发到 ${to}。`;
  };
  return {
    title: "签字",
    otherwise: "family-doctor",
    body: [
      h("section", { class: "card" }, h("p", {}, h("b", {}, one.patient_name), " 和 ", h("b", {}, one.team.name)), h("p", {}, `${one.years} 年,${priceWords(one)}`), fold("看看协议写了什么", termOf(one), h("ul", {}, one.items.map((item) => h("li", {}, `${item.name} 一年 ${item.times} 次(${item.mode_name},${item.who_name})`))))),
      h("div", { "data-complaints": true }, actButton("获取验证码", send, { busy: "正在发…" }), said),
      form,
      nextStep("验证码发到档案里本人的手机(孩子的发到监护人手机)。填好点“签字”,和手写签字一样算数。"),
      notice("收不到?带身份证到村卫生室,村医当面办。", "waiting"),
      isDemo() && h("div", { "data-complaints": true }, actButton("看演示短信", () => demoCode(form), { kind: "quiet" })),
    ],
    foot: button,
  };
}

async function finish(form, path) {
  const input = form.querySelector("input");
  try {
    await post(`${path}/signature`, { code: input.value.trim() });
  } catch (problem) {
    if (!problem.errors?.length || !markFields(form, problem.errors)) throw problem;
    return;
  }
  go("family-doctor", { replace: true });
}

/** The demo has no telephones: the latest message to a number with these ends is read. */
async function demoCode(form) {
  const masked = passing.read("contract.phone");
  if (!masked) throw new Told("请先点“获取验证码”。");
  const answer = await fetch(`/sandbox/sms/messages?${new URLSearchParams({ phone: masked })}`);
  const { items } = await answer.json();
  const code = items?.[0]?.text.match(/验证码 (\d{6})/)?.[1];
  if (!code) throw new Told("演示短信还没有到。");
  form.querySelector("input").value = code;
}
