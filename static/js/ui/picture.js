/* A click on a thumbnail shows the picture over the page; without script the link opens it. */
import { openDialog } from "./dialog.js";
import { icon } from "./ready.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-picture]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const dialog = document.createElement("dialog");
  dialog.className = "dialog dialog--picture";
  dialog.dataset.theme = "dark";
  dialog.setAttribute("aria-label", link.dataset.picture);
  const head = document.createElement("div");
  head.className = "dialog__head";
  const name = document.createElement("h2");
  name.textContent = link.dataset.picture;
  name.tabIndex = -1;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button--quiet";
  const cross = icon("cross");
  if (cross) close.append(cross);
  close.append("关闭");
  head.append(name, close);
  const picture = document.createElement("img");
  picture.src = link.href;
  picture.alt = link.dataset.picture;
  const body = document.createElement("div");
  body.className = "dialog__body";
  body.append(picture);
  dialog.append(head, body);
  document.body.append(dialog);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (inside) => inside.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  openDialog(dialog);
});
