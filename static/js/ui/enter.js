/* In a column of boxes Enter and the arrows go to the next one, as on a sheet of paper; a box of a
   long form is no place to send it from. Without script Tab does it. */
document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("[data-next-on-enter]");
  if (!box || event.isComposing) return;
  const back = event.key === "ArrowUp";
  const arrow = back || event.key === "ArrowDown";
  if (event.key !== "Enter" && !(arrow && box.tagName === "INPUT")) return;
  event.preventDefault();
  const boxes = [...box.form.querySelectorAll("[data-next-on-enter]")].filter((one) => one.offsetParent);
  const next = boxes[boxes.indexOf(box) + (back ? -1 : 1)];
  next?.focus();
  if (next?.tagName === "INPUT") next.select();
});
