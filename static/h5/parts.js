// The pieces of a screen. One task a screen, one primary button, the next step in words.

import { NoLine, Refused } from "./api.js";
import { h, icon } from "./dom.js";
import { href } from "./router.js";

/** A link that looks like a button; `kind`: primary, quiet. */
export function linkButton(text, path, { kind = "", name = "" } = {}) {
  const look = kind ? ` button--${kind}` : "";
  return h("a", { class: `button${look}`, href: href(path) }, name && icon(name), text);
}

/** A button that works once at a time: more taps while it works do nothing. */
export function actButton(text, act, { kind = "", busy = "请稍候…", name = "" } = {}) {
  const words = h("span", {}, text);
  const button = h(
    "button",
    { type: "button", class: `button${kind ? ` button--${kind}` : ""}` },
    name && icon(name),
    words,
  );
  let working = false;
  button.addEventListener("click", async () => {
    if (working) return;
    working = true;
    button.setAttribute("aria-busy", "true");
    words.textContent = busy;
    try {
      await act();
    } catch (problem) {
      complain(button, problem);
    } finally {
      working = false;
      button.removeAttribute("aria-busy");
      words.textContent = text;
    }
  });
  return button;
}

/** Say what went wrong right above the button that was pressed. */
export function complain(button, problem) {
  if (problem.name === "AbortError") return;
  if (!isKnown(problem)) console.error(problem);
  const holder = button.closest("[data-complaints]") ?? button.parentElement;
  holder.querySelector(".notice--complaint")?.remove();
  const said = notice(sentenceOf(problem), "danger");
  said.classList.add("notice--complaint");
  said.setAttribute("role", "alert");
  holder.prepend(said);
}

/** Something this phone could not do; the message is for the person. */
export class Told extends Error {}

const isKnown = (problem) => [Refused, NoLine, Told].some((kind) => problem instanceof kind);

/** The sentence for the person, whatever broke; what is wrong with the entry says more. */
export function sentenceOf(problem) {
  if (!isKnown(problem)) return "这一步没有成功,请再试一次。";
  return problem.sentences || problem.message;
}

/** A sentence that matters; `kind`: waiting, progress, done, danger. */
export function notice(text, kind = "progress", ...more) {
  const names = { danger: "warning", done: "check", waiting: "clock", progress: "info" };
  return h(
    "div",
    { class: `notice notice--${kind}` },
    icon(names[kind]),
    h("div", { class: "notice__text" }, h("p", {}, text), more),
  );
}

/** 下一步:…  always on the screen of anything that goes on. */
export function nextStep(text) {
  return text && h("p", { class: "next" }, h("b", {}, "下一步:"), text);
}

/** A state as shape, word and colour. */
export function badge(text, kind = "neutral") {
  const shapes = {
    waiting: "clock",
    progress: "progress",
    done: "check",
    urgent: "urgent",
    danger: "warning",
    returned: "return",
    neutral: "dash",
  };
  return h("span", { class: `badge badge--${kind}` }, icon(shapes[kind]), text);
}

/** A line one can tap: first line, more lines below it, something at the right. */
export function row(path, first, second, { right = "", name = "", look = "" } = {}) {
  return h(
    "li",
    { class: look || false },
    h(
      "a",
      { class: "row-link", href: href(path) },
      name && icon(name),
      h("span", { class: "row-link__text" }, h("b", {}, first), [second].flat().map((line) => line && h("span", {}, line))),
      right && h("span", { class: "row-link__right" }, right),
      icon("right"),
    ),
  );
}

export const rows = (...items) => h("ul", { class: "rows" }, items);

/** Nothing here, and what to do about it. */
export function empty(title, text, ...more) {
  return h("div", { class: "nothing" }, h("h2", {}, title), text && h("p", {}, text), more);
}

/** Name and value in pairs; pairs without a value are left out. */
export function facts(pairs) {
  const shown = pairs.filter(([, value]) => value);
  return h(
    "dl",
    { class: "facts" },
    shown.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
  );
}

/** Something that unfolds, for those who want to read more. */
export function fold(title, ...inside) {
  return h("details", { class: "fold" }, h("summary", {}, title), h("div", {}, inside));
}

/** A labelled box. `field` is also the name the server uses when something is wrong with it. */
export function box(field, label, { hint = "", value = "", ...attributes } = {}) {
  const id = `f-${field}`;
  const input = h("input", {
    id,
    name: field,
    class: "input",
    value,
    autocomplete: "off",
    "aria-describedby": hint ? `${id}-hint` : false,
    ...attributes,
  });
  return h(
    "div",
    { class: "field", "data-field": field },
    h("label", { for: id, class: "field__label" }, label),
    hint && h("p", { class: "field__hint", id: `${id}-hint` }, hint),
    input,
  );
}

/** Put the server's words beside the fields they are about; focus the first. */
export function markFields(form, errors) {
  for (const old of form.querySelectorAll(".field__error")) old.remove();
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  let first = null;
  for (const { field, message } of errors) {
    const holder = form.querySelector(`[data-field="${CSS.escape(field)}"]`);
    if (!holder) continue;
    holder.closest("details")?.setAttribute("open", "");
    const input = holder.querySelector("input, select, textarea");
    const id = `${input.id || field}-error`;
    holder.querySelector("label, legend").after(
      h("p", { class: "field__error", id }, icon("warning"), message),
    );
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", id);
    first ??= input;
  }
  first?.focus();
  return first !== null;
}
