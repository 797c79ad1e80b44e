/* `/` goes to the search box; arrows walk [data-walk] lists; Enter follows the link as ever. */
const typing = (element) =>
  element.closest("input, textarea, select, [contenteditable], [role='textbox']") !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.key === "/" && !typing(target)) {
    const box = document.querySelector("dialog[open] [data-search]") ?? document.querySelector("[data-search]");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
    return;
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const fromSearch = target.matches("[data-search]");
  if (typing(target) && !fromSearch) return;
  const list = fromSearch ? document.querySelector("[data-walk]") : target.closest("[data-walk]");
  if (!list) return;
  const stops = [...list.querySelectorAll("a[href], button:not(:disabled)")].filter(
    (stop) => stop.closest("[data-walk]") === list && stop.offsetParent !== null,
  );
  const rows = [...new Map(stops.map((stop) => [stop.closest("li, tr") ?? stop, stop]).reverse()).values()].reverse();
  const here = rows.findIndex((stop) => (stop.closest("li, tr") ?? stop).contains(target));
  const next = rows[event.key === "ArrowDown" ? here + 1 : here - 1];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
