// Texts that came in a new version: read and agreed to one by one before something new begins.

import { get, post } from "../api.js";
import { h } from "../dom.js";
import { actButton, linkButton, nextStep } from "../parts.js";
import { reading } from "../reading.js";
import { go } from "../router.js";
import { takePlace } from "../session.js";

export default async function renew({ signal, again }) {
  const { items } = await get("/consents/owed", { signal });
  if (!items.length) {
    go(takePlace(), { replace: true });
    return null;
  }
  const [text] = items;
  const yes = async () => {
    const said = { kind: text.kind, version: text.version };
    await post("/consents", { consents: [said] }, { act: `agree.${text.kind}.${text.version}` });
    await again();
  };
  return {
    title: "说明换新了",
    body: [
      nextStep(items.length > 1 ? `看完点“同意”,一共 ${items.length} 份。` : "看完点“同意”,就接着办刚才的事。"),
      h("section", { class: "card" }, h("p", { class: "when" }, text.title), reading(text.text)),
    ],
    foot: [
      actButton("我看完了,同意", yes, { kind: "primary", busy: "正在记下…" }),
      linkButton("不同意,先不办", "", { kind: "quiet" }),
    ],
  };
}
