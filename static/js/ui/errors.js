/* The error summary takes the focus; its links lead into the field, not only to it. */
import { whenPresent } from "./ready.js";

whenPresent("[data-error-summary]", (summary) => {
  for (const link of summary.querySelectorAll("a[href^='#f-']")) {
    const field = document.getElementById(link.getAttribute("href").slice(1));
    const label = field?.closest(".field")?.querySelector(".field__label, .choices__legend");
    const words = label?.firstChild?.textContent.trim();
    if (words && !link.textContent.includes(words)) link.prepend(`${words}:`);
  }
  if (!summary.closest("dialog:not([open])")) summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus({ preventScroll: true });
    (field.closest(".field") ?? field).scrollIntoView({ block: "center" });
  });
});
