// A grown-up whom one acts for says yes: the code goes to their own phone.

import { post } from "../api.js";
import { h } from "../dom.js";
import { passing } from "../keep.js";
import { actButton, box, empty, linkButton, markFields, nextStep, notice, Told } from "../parts.js";
import { go } from "../router.js";
import { choose, family, familyChanged } from "../session.js";
import { isDemo } from "../wechat.js";

export default async function proof({ params, signal }) {
  const patient = (await family(signal, { fresh: true })).find((one) => one.id === params.id);
  if (!patient) {
    return { title: "验证码", otherwise: "family", body: empty("没有这位家人", "可能已经移除了。") };
  }
  if (!patient.needs_proof) {
    go("family", { replace: true });
    return null;
  }
  const form = h(
    "form",
    { class: "fields" },
    box("code", "验证码", { inputmode: "numeric", autocomplete: "one-time-code", maxlength: "8" }),
  );
  const send = () => prove(form, patient);
  const button = actButton("确定", send, { kind: "primary", busy: "正在核对…" });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.click();
  });
  return {
    title: "等家人同意",
    otherwise: "family",
    body: [
      h("p", {}, `验证码发到 ${patient.name} 自己的手机 ${patient.phone_masked}。把验证码念给您,就是同意您代办。只发给能确认是本人的号码,一直没收到就到窗口当面办。`),
      form,
      isDemo() && h("div", { "data-complaints": true }, actButton("看演示短信", () => demoCode(form))),
      h("div", { "data-complaints": true }, actButton("再发一次", () => post(`/patients/${patient.id}/proof-code`), { kind: "quiet", busy: "正在发…" })),
      nextStep("收不到验证码?带上证件,到村卫生室或医院窗口当面办。"),
      linkButton("到窗口办理", "family/desk"),
      notice("请不要把验证码告诉不认识的人。"),
    ],
    foot: button,
  };
}

async function prove(form, patient) {
  const input = form.querySelector("input");
  try {
    await post(`/patients/${patient.id}/proof`, { code: input.value.trim() });
  } catch (problem) {
    if (!problem.errors || !markFields(form, problem.errors)) throw problem;
    return;
  }
  familyChanged();
  choose(patient.id);
  go("", { replace: true });
}

/** The demo has no telephones: the message is read from its inbox. */
async function demoCode(form) {
  const phone = passing.read("proof.phone") ?? "";
  const answer = await fetch(`/sandbox/sms/messages?${new URLSearchParams({ phone })}`);
  const { items } = await answer.json();
  const code = items[0]?.text.match(/验证码 (\d{4,8})/)?.[1];
  if (!code) throw new Told("演示短信还没有到。");
  form.querySelector("input").value = code;
}
