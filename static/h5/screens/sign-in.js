// In WeChat the code comes in by itself. In the demo one chooses who to be.

import { h } from "../dom.js";
import { passing } from "../keep.js";
import { actButton, box, complain, notice } from "../parts.js";
import { go } from "../router.js";
import { signIn, takePlace } from "../session.js";

const PEOPLE = [
  ["family1", "一家人", "自己、孩子和老人"],
  ["elder1", "独居老人", "大字版"],
];
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export default async function signInScreen({ signal }) {
  const code = passing.read("code");
  if (code) {
    passing.forget("code");
    await enter(code, signal);
    return null;
  }
  const expired = passing.read("expired") && notice("登录过期了,再登录一次就能接着办,填好的还在。", "waiting");
  return meta("doorstep-demo") ? demo(expired) : outside(expired);
}

async function enter(code, signal) {
  await signIn(code, signal);
  go(takePlace(), { replace: true });
}

function demo(expired) {
  const field = box("name", "用别的名字登录", {
    hint: "随便写一个名字,第一次用就是新用户。",
    maxlength: "30",
    autocapitalize: "none",
  });
  const input = field.querySelector("input");
  const form = h(
    "form",
    { class: "fields", "data-complaints": true },
    field,
    h("button", { type: "submit", class: "button" }, "用这个名字登录"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = input.value.trim();
    if (name) enter(`demo-${name}`).catch((problem) => complain(form.lastElementChild, problem));
    else input.focus();
  });
  return {
    title: "选择演示用户",
    home: true,
    body: [
      expired,
      notice("这是演示环境。真正使用时,从微信打开就自动登录,不用密码。"),
      h(
        "div",
        { class: "fields", "data-complaints": true },
        PEOPLE.map(([name, words, what]) =>
          actButton(`${words}(${what})`, () => enter(`demo-${name}`), { busy: "正在登录…" }),
        ),
      ),
      form,
    ],
  };
}

function outside(expired) {
  return {
    title: "请从微信打开",
    home: true,
    body: [
      expired,
      h("p", { class: "next" }, h("b", {}, "下一步:"), expired ? "关掉这个页面,再打开一次“家门口医院”小程序,就会自动登录。" : "在微信里打开“家门口医院”小程序,就会自动登录。"),
      h("p", {}, "不会用微信,可以请村医帮您约,或者直接去医院窗口挂号。"),
      h("p", { class: "soft" }, "急症请马上打 ", h("a", { href: "tel:120" }, "120"), "。"),
    ],
  };
}
