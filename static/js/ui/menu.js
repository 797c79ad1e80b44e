/* <details data-closes-outside>: Escape or a click elsewhere closes it. */
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-closes-outside][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-closes-outside][open]")) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

/* a long navigation shows where one is */
const links = document.querySelector(".side__links");
const current = links?.querySelector("[aria-current]");
if (current) {
  const below = current.offsetTop + current.offsetHeight - links.offsetTop;
  links.scrollTop = Math.max(0, below - links.clientHeight + 4);
}
