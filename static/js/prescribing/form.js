/* The prescription form: quantities and findings are asked of the server shortly after the last
   key, and drugs are found and added without leaving the keyboard. Without script the buttons
   “保存草稿” and “查药” do the same. */

import { whenPresent } from "../ui/ready.js";

const QUIET_MS = 600;
const CHECKED = "[data-prescription]";
const timers = new WeakMap();

function touched({ target }) {
  const form = target.closest?.(CHECKED);
  if (!form || !target.name) return;
  // a reason is typed inside what would be replaced, and says nothing about the drugs
  if (target.name.startsWith("override-") || ["q", "password", "code"].includes(target.name)) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => form.dispatchEvent(new Event("rx-check")), QUIET_MS));
}

document.addEventListener("input", touched);
document.addEventListener("change", touched);

// who typed before the page was ready is answered all the same
whenPresent("[data-rx-search]", (box) => {
  if (box.value) setTimeout(() => box.dispatchEvent(new Event("typed-early")));
});

const buttonsOf = (box) => [...box.querySelectorAll("[data-rx-found] button")];

document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.(".rx-pick");
  if (!box || event.isComposing) return;
  const searching = event.target.matches("[data-rx-search]");
  const found = buttonsOf(box);
  if (event.key === "Enter" && searching) {
    event.preventDefault(); // the first that was found, and never a signature
    found[0]?.click();
    return;
  }
  if (event.key === "Escape") {
    box.querySelector("[data-rx-found]").replaceChildren();
    box.querySelector("[data-rx-search]").focus();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !found.length) return;
  event.preventDefault();
  const next = found.indexOf(event.target) + step;
  if (next < 0) box.querySelector("[data-rx-search]").focus();
  else found[Math.min(next, found.length - 1)].focus();
});

// after a drug was added the dose is asked for; htmx would give the focus back to the search
let added = false;
document.addEventListener("htmx:beforeRequest", ({ target }) => {
  added = target.name === "add";
});
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (!added || !target.closest?.("#prescription-panel")) return;
  added = false;
  document.querySelector("#prescription-panel [data-rx-next]")?.focus();
});
