// Six digits for a desk: staff look at the documents and open what the phone alone may not.

import { now, post } from "../api.js";
import { h } from "../dom.js";
import { everySecond } from "../live.js";
import { linkButton, nextStep } from "../parts.js";
import { countdown } from "../words.js";

export default async function desk({ signal, again }) {
  const { code, expires_at: until } = await post("/desk-code", {}, { signal });
  const left = h("b", {});
  let over = false;
  everySecond(() => {
    left.textContent = countdown(Date.parse(until) - now());
    if (Date.parse(until) <= now() && !over) {
      over = true;
      again();
    }
  }, signal);
  return {
    title: "到窗口办理",
    otherwise: "family",
    body: [
      h("section", { class: "card center" }, [
        h("p", {}, "给工作人员看这 6 个数字"),
        h("p", { class: "amount", "data-testid": "desk-code" }, `${code.slice(0, 3)} ${code.slice(3)}`),
        h("p", { role: "timer" }, "还能用 ", left),
      ]),
      nextStep("带上证件,到村卫生室、卫生院或医院门诊办。给成年家人办,家人要到场、当面说愿意;给孩子办,带上孩子的证件和户口簿。"),
      h("p", {}, "不要把数字告诉电话里的人,工作人员只会当面看。"),
    ],
    foot: linkButton("办好了,看家人", "family", { kind: "primary" }),
  };
}
