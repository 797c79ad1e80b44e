// The texts one has agreed to, to read again at leisure.

import { h } from "../dom.js";
import { empty, row, rows } from "../parts.js";
import { agreementTexts, reading } from "../reading.js";

export default async function agreements({ params, signal }) {
  const texts = await agreementTexts(signal);
  if (!params.kind) {
    return {
      title: "协议和隐私",
      otherwise: "account",
      body: rows(...texts.map((text) => row(`agreements/${text.kind}`, text.title, ""))),
    };
  }
  const text = texts.find((one) => one.kind === params.kind);
  return {
    title: text?.title ?? "协议",
    otherwise: "agreements",
    body: text
      ? [h("section", { class: "card" }, reading(text.text)), h("p", { class: "soft" }, `第 ${text.version} 版`)]
      : empty("没有这份说明", "可能换了新版本。"),
  };
}
