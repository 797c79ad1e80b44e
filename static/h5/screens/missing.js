// An address that leads nowhere.

import { empty, linkButton } from "../parts.js";

export default async function missing() {
  return {
    title: "没有这一页",
    body: empty("没有这一页", "链接可能旧了。", linkButton("回首页", "", { kind: "primary" })),
  };
}
