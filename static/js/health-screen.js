/** The wall of a waiting room: the next article by itself, unless somebody holds this one. */
const screen = document.querySelector("[data-following]");
const button = document.querySelector("[data-hold]");
let held = false;

button?.addEventListener("click", () => {
  held = !held;
  button.textContent = held ? "接着放" : "停一下";
  button.setAttribute("aria-pressed", String(held));
});

setInterval(() => {
  if (!held && document.visibilityState === "visible") location.replace(screen.dataset.following);
}, Number(screen?.dataset.seconds ?? 20) * 1000);
