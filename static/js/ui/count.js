/* 还可以写 12 字 / 超出 3 字: counts, never cuts what was typed or pasted. */
import { whenPresent } from "./ready.js";

whenPresent("textarea[data-longest]", (area) => {
  const longest = Number(area.dataset.longest);
  const line = document.querySelector(`[data-count-for="${CSS.escape(area.id)}"]`);
  if (!line) return;
  const tell = () => {
    const left = longest - [...area.value].length;
    line.textContent = left >= 0 ? `还可以写 ${left} 字` : `超出 ${-left} 字,请删短一些`;
    line.classList.toggle("field__count--over", left < 0);
  };
  area.addEventListener("input", tell);
  tell();
});
