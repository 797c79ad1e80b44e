/* Forms with [data-keep] on a driver's phone: without a network what was typed stays in this page's
   session and is sent as soon as there is one. The server does a repeat once (its `once` key), so
   an answer that was lost on the way does no harm. Nothing counts before the server has said so. */
import { whenPresent } from "../ui/ready.js";

const AGAIN_MS = 10_000;
const WAITING = "没有信号,填的内容留着,一有信号自动发出。发出去、核对对了,才算交接。先别离开这一页。";
const key = (form) => `keep:${new URL(form.action).pathname}`;

whenPresent("form[data-keep]", (form) => {
  const line = form.querySelector("[data-keep-state]");
  let timer = 0;
  let sending = false;

  const kept = sessionStorage.getItem(key(form));
  if (kept) {
    for (const [name, value] of new URLSearchParams(kept)) {
      const field = form.elements[name];
      if (field && name !== "csrf_token") field.value = value;
    }
    send();
  }

  async function send() {
    if (sending || !form.isConnected) return;
    clearTimeout(timer);
    sending = true;
    const body = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(form.action, { method: "POST", body, redirect: "follow" });
      sessionStorage.removeItem(key(form));
      show(await answer.text(), answer.url);
    } catch {
      sessionStorage.setItem(key(form), body.toString());
      if (line) line.textContent = WAITING;
      timer = setTimeout(send, AGAIN_MS);
    } finally {
      sending = false;
    }
  }

  /** The server's answer takes the place of this page, with its notice or with what was wrong. */
  function show(text, address) {
    const page = new DOMParser().parseFromString(text, "text/html");
    if (!page.querySelector(".shell__work")) return location.assign(address); // signed out meanwhile
    if (!address.endsWith(new URL(form.action).pathname)) history.replaceState(null, "", address);
    document.title = page.title;
    document.querySelector(".shell__work").replaceWith(page.querySelector(".shell__work"));
    document.body.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: document.body } }));
    document.querySelector("[data-error-summary]")?.focus();
    window.scrollTo(0, 0);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  window.addEventListener("online", send);
});
