// Deleting the account: what goes, what stays and why, then one deliberate tap.

import { remove } from "../api.js";
import { h } from "../dom.js";
import { passing } from "../keep.js";
import { actButton, linkButton, nextStep } from "../parts.js";
import { leave, startOver } from "../session.js";

export default async function close() {
  return {
    title: "注销账号",
    otherwise: "account",
    body: [
      h("section", { class: "card" }, [
        h("h2", {}, "注销以后"),
        h("ul", { class: "bullets" }, [
          h("li", {}, "忘掉:您的微信、手机号、家人关系、同意过的说明。"),
          h("li", {}, "留下:看病记录和付款记录。法律要求医院保存,只有医院能看。"),
          h("li", {}, "还有没看的预约、没退完的钱,要先办完。"),
          h("li", {}, "以后想用,可以重新登录、重新添加。"),
        ]),
      ]),
      nextStep("只是想换字大小或者移除家人,不用注销。"),
    ],
    foot: [
      actButton("确定注销", end, { kind: "danger", busy: "正在注销…" }),
      linkButton("不注销", "account", { kind: "primary" }),
    ],
  };
}

async function end() {
  await remove("/account");
  leave();
  passing.clear();
  startOver("sign-in");
}
