// 我的: the size of letters, agreements, signing out, leaving for good.

import { h } from "../dom.js";
import { actButton, facts, fold, row, rows } from "../parts.js";
import { elder, readAccount, setElder, signOut, startOver } from "../session.js";

export default async function account({ signal, again }) {
  const me = await readAccount(signal);
  return {
    title: "我的",
    body: [
      h("section", { class: "card", "data-complaints": true }, [
        h("h2", {}, elder() ? "现在是大字版" : "字看不清?"),
        h("p", {}, elder() ? "字大、选项少。不习惯可以换回来。" : "大字版字大、选项少,换手机也记得。"),
        actButton(elder() ? "换回普通版" : "换成大字版", () => switchMode(again), { kind: elder() ? "" : "primary" }),
      ]),
      rows(
        row("family", "家人", "", { name: "people" }),
        me.own_patient_id && row(`family/${me.own_patient_id}`, "谁在替我办事", "看看是谁,也可以停掉", { name: "eye" }),
        row("addresses", "收药地址", "", { name: "home" }),
        row("appointments", "我的预约", "", { name: "calendar" }),
        row("inbox", "消息", "", { name: "bell" }),
        row("waiting", "候补", "", { name: "queue" }),
        row("check-in", "到院签到", "", { name: "check" }),
        row("complaints", "投诉", "", { name: "chat" }),
        row("reminders", "提醒设置", "微信、短信、电话", { name: "bell" }),
        row("agreements", "协议和隐私", "", { name: "shield" }),
      ),
      me.phone_masked && facts([["微信手机号", me.phone_masked]]),
      fold(
        "换一个微信,或者不用了",
        h("div", { class: "fields", "data-complaints": true }, [
          actButton("退出登录", leave, { busy: "正在退出…" }),
          h("p", {}, "注销:忘掉这个微信和家人的关系。看病记录按法律留在医院。"),
          h("a", { class: "button button--quiet", href: "#/account/close" }, "注销账号"),
        ]),
      ),
    ],
  };
}

async function switchMode(again) {
  await setElder(!elder());
  await again();
}

async function leave() {
  await signOut();
  startOver("sign-in");
}
