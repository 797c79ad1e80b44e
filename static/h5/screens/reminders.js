// 提醒设置: which way one wants to be told of what. The inbox has everything in any case.

import { get, put } from "../api.js";
import { h } from "../dom.js";
import { complain, notice } from "../parts.js";

const GROUPS = {
  visits: ["看病和预约", "预约、停诊、叫号、转诊"],
  money: ["付款和退款", "退的钱到了没有"],
  drugs: ["用药和取药", "处方、取药、送药"],
  family: ["家庭医生", "随访、签约"],
  learning: ["健康知识", "文章和讲座"],
  privacy: ["谁看了我的病历", "谁打开过、谁能替您办事"],
};
const WAYS = { wechat: "微信提醒(小程序)", official: "公众号消息", sms: "短信", phone: "打电话告诉我" };

export default async function reminders({ signal }) {
  const known = await get("/me/reminders", { signal });
  return {
    title: "提醒设置",
    otherwise: "account",
    body: [
      notice(`关掉以后不再打扰您,“消息”里一样能看到。晚上 ${known.quiet_from} 到早上 ${known.quiet_until} 只有叫号这样等不了的才提醒。`),
      ...known.items.map(card),
    ],
  };
}

function card(item) {
  const [title, about] = GROUPS[item.group] ?? [item.group, ""];
  return h("section", { class: "card", "data-complaints": true }, [
    h("h2", {}, title),
    h("p", { class: "soft" }, item.required ? `${about}。法律要求告诉您,不能关。` : `${about}。`),
    h("div", { class: "fields" }, item.channels.map((way) => choice(item, way))),
  ]);
}

function choice(item, way) {
  const input = h("input", { type: "checkbox", checked: way.on, disabled: item.required });
  input.addEventListener("change", async () => {
    input.disabled = true;
    try {
      await put("/me/reminders", { group: item.group, channel: way.channel, on: input.checked });
    } catch (problem) {
      input.checked = !input.checked;
      complain(input, problem);
    } finally {
      input.disabled = item.required;
    }
  });
  return h("label", { class: "choice" }, [input, h("span", {}, WAYS[way.channel] ?? way.channel)]);
}
