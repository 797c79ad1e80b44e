/* A second click while the first is on its way does nothing; the button says what goes on. */
const busy = new Map();

function release(form) {
  const held = busy.get(form);
  if (!held) return;
  busy.delete(form);
  const { button, words } = held;
  if (!button) return;
  button.removeAttribute("aria-busy");
  const label = button.querySelector("span") ?? button;
  if (words !== null) label.textContent = words;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" && !form.matches("[hx-post]")) return;
  if (form.method === "dialog") return;
  if (busy.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  const button = event.submitter ?? form.querySelector("button[type='submit']");
  const label = button?.querySelector("span") ?? button;
  const words = button?.dataset.busy ? label.textContent : null;
  busy.set(form, { button, words });
  button?.setAttribute("aria-busy", "true");
  if (words !== null) label.textContent = button.dataset.busy;
  // a page's own script took the form over: it says itself what goes on
  if (!form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) {
    setTimeout(() => event.defaultPrevented && release(form));
  }
}, true);

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});

document.addEventListener("htmx:validation:halted", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});

// back from the next page by the browser's own cache, or a download that never left this page
window.addEventListener("pageshow", () => [...busy.keys()].forEach(release));
