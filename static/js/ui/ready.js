/** Calls `start(element)` once for every element that matches, now and after each htmx swap. */
export function whenPresent(selector, start) {
  const started = new WeakSet();
  const look = (root) => {
    const found = [...root.querySelectorAll(selector)];
    if (root instanceof Element && root.matches(selector)) found.unshift(root);
    for (const element of found) {
      if (started.has(element)) continue;
      started.add(element);
      start(element);
    }
  };
  const begin = () => {
    look(document);
    document.body.addEventListener("htmx:load", (event) => look(event.detail.elt));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
}

/** An <svg> from the sprite that the page itself uses, or null when the page shows no icon. */
export function icon(name) {
  const sample = document.querySelector(".icon use");
  if (!sample) return null;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.classList.add("icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sample.getAttribute("href").split("#")[0]}#${name}`);
  svg.append(use);
  return svg;
}
