/** Shows a <dialog> over the page; the browser keeps the focus inside and gives it back. The
    dialog hears `opened`, so that htmx can fetch what is in it. */
export function openDialog(dialog) {
  if (dialog.open) return;
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("opened"));
  const first = dialog.querySelector("[autofocus], .error-summary") ?? dialog.querySelector("h2");
  first?.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (!dialog?.showModal) return;
    event.preventDefault();
    openDialog(dialog);
    return;
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog")?.close();
    if (location.hash === `#${closer.dataset.closes}`) history.replaceState(null, "", " ");
  }
});

// A page that was answered with errors inside a dialog opens it again.
document.addEventListener("DOMContentLoaded", () => {
  const wrong = document.querySelector("dialog .error-summary")?.closest("dialog");
  const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (wrong) openDialog(wrong);
  else if (named instanceof HTMLDialogElement) openDialog(named);
});
