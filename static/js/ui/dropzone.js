/* Files may be dropped on a file field or pasted into it (a screenshot of the lab system). */
import { whenPresent } from "./ready.js";

whenPresent("[data-dropzone]", (zone) => {
  const input = zone.querySelector("input[type='file']");

  function take(files) {
    if (files.length === 0) return;
    const chosen = new DataTransfer();
    for (const file of input.multiple ? files : [...files].slice(0, 1)) chosen.items.add(file);
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("dropzone--over");
  });
  for (const end of ["dragleave", "drop"]) {
    zone.addEventListener(end, () => zone.classList.remove("dropzone--over"));
  }
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  zone.addEventListener("paste", (event) => take(event.clipboardData.files));
});
