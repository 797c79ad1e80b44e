/* The list of diseases under a diagnosis (WAI-ARIA combobox). htmx fetches it; here it is opened,
   walked with the arrow keys, picked from and closed. Without script the field is plain text. */

const listOf = (input) => input.closest(".pick")?.querySelector(".pick__list");
const options = (list) => [...list.querySelectorAll("[data-pick]")];
const inputOf = (element) => element.closest(".pick")?.querySelector("input[role=combobox]");

function show(input, open) {
  const list = listOf(input);
  list.hidden = !open;
  input.setAttribute("aria-expanded", String(open));
  if (!open) input.removeAttribute("aria-activedescendant");
}

function mark(input, chosen) {
  for (const [number, option] of options(listOf(input)).entries()) {
    option.id = `${listOf(input).id}-${number}`;
    option.setAttribute("aria-selected", String(option === chosen));
  }
  if (!chosen) return;
  input.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView({ block: "nearest" });
}

function pick(input, option) {
  input.value = option.dataset.pick;
  show(input, false);
  input.dispatchEvent(new Event("change", { bubbles: true }));
  input.form?.dispatchEvent(new Event("input", { bubbles: true }));
  input.focus();
}

document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (!target.classList?.contains("pick__list")) return;
  const input = inputOf(target);
  show(input, target.children.length > 0 && document.activeElement === input);
  mark(input, options(target)[0]);
});

document.addEventListener("keydown", (event) => {
  const input = event.target.closest?.(".pick input[role=combobox]");
  if (!input || event.isComposing) return;
  const list = listOf(input);
  const found = options(list);
  if (event.key === "Enter") {
    event.preventDefault(); // a line of a long form is no place to send it from
    const chosen = found.find((option) => option.getAttribute("aria-selected") === "true");
    if (!list.hidden && chosen) pick(input, chosen);
    return;
  }
  if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    show(input, false);
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !found.length) return;
  event.preventDefault();
  const here = found.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const next = list.hidden ? Math.max(here, 0) : (here + step + found.length) % found.length;
  show(input, true);
  mark(input, found[next]);
});

// mousedown, because the field would lose the focus and close the list before a click arrives
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest?.(".pick__list [data-pick]");
  if (!option) return;
  event.preventDefault();
  pick(inputOf(option), option);
});

document.addEventListener("focusout", (event) => {
  if (event.target.matches?.(".pick input[role=combobox]")) show(event.target, false);
});
