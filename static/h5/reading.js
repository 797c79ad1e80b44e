// Texts to agree to: paragraphs, bold lines as headings, lists. Nothing else is understood.

import { get } from "./api.js";
import { h } from "./dom.js";

let texts = null;

/** The current texts: {kind, version, title, text, needed_for}. */
export async function agreementTexts(signal) {
  texts ??= (await get("/consents", { signal })).items;
  return texts;
}

/** Cut a text into {kind: "heading" | "list" | "words", lines}. Pure. */
export function blocks(text) {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((part) => {
      const lines = part.split("\n");
      if (lines.every((line) => line.startsWith("- "))) {
        return { kind: "list", lines: lines.map((line) => line.slice(2)) };
      }
      const bold = /^\*\*([^*]+)\*\*$/.exec(part);
      return bold ? { kind: "heading", lines: [bold[1]] } : { kind: "words", lines };
    });
}

/** The text as elements. */
export function reading(text) {
  return h(
    "div",
    { class: "reading" },
    blocks(text).map(({ kind, lines }) => {
      if (kind === "heading") return h("h2", {}, lines[0]);
      if (kind === "list") return h("ul", {}, lines.map((line) => h("li", {}, words(line))));
      return h("p", {}, words(lines.join("")));
    }),
  );
}

function words(line) {
  return line.split(/\*\*(.+?)\*\*/).map((part, at) => (at % 2 ? h("b", {}, part) : part));
}
