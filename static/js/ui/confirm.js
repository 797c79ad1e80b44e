/** Asks before what cannot be undone. The words say what will happen:
    <form data-confirm="签发后不能再改,要改只能出新版本。" data-confirm-title="签发会诊意见?"
          data-confirm-yes="签发" data-confirm-kind="primary"> */
import { openDialog } from "./dialog.js";

export function confirmed({ title, text, yes = "确定", kind = "danger" }) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.setAttribute("aria-labelledby", "confirm-title");
    const head = document.createElement("div");
    head.className = "dialog__head";
    const heading = document.createElement("h2");
    heading.id = "confirm-title";
    heading.tabIndex = -1;
    heading.textContent = title;
    head.append(heading);
    const body = document.createElement("div");
    body.className = "dialog__body";
    const words = document.createElement("p");
    words.textContent = text;
    const actions = document.createElement("div");
    actions.className = "actions";
    const go = document.createElement("button");
    go.type = "button";
    go.className = `button button--${kind}`;
    go.textContent = yes;
    const stay = document.createElement("button");
    stay.type = "button";
    stay.className = "button";
    stay.textContent = "先不";
    actions.append(go, stay);
    body.append(words, actions);
    dialog.append(head, body);
    document.body.append(dialog);
    go.addEventListener("click", () => dialog.close("yes"));
    stay.addEventListener("click", () => dialog.close(""));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    openDialog(dialog);
  });
}

const words = (element) => ({
  title: element.dataset.confirmTitle ?? "请确认",
  text: element.dataset.confirm,
  yes: element.dataset.confirmYes,
  kind: element.dataset.confirmKind,
});

const agreed = new WeakSet();

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const asks = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!asks.dataset.confirm || agreed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    confirmed(words(asks)).then((yes) => {
      if (!yes) {
        submitter?.focus();
        return;
      }
      agreed.add(form);
      form.requestSubmit(submitter);
    });
  },
  true,
);

document.addEventListener("htmx:confirm", (event) => {
  const element = event.target;
  if (element instanceof HTMLFormElement || !element.dataset?.confirm) return;
  event.preventDefault();
  confirmed(words(element)).then((yes) => yes && event.detail.issueRequest(true));
});
