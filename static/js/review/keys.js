/* Single keys for a desk that works by keyboard: [data-hotkey="a"] is pressed by A while nobody is
   typing. What has a confirmation still asks. The key stands on the page beside the words. */
const typing = (element) =>
  element.closest("textarea, select, [contenteditable], [role='textbox'], input:not([type='checkbox'], [type='radio'])") !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  const target = event.target instanceof Element ? event.target : document.body;
  if (typing(target) || document.querySelector("dialog[open]")) return;
  const wanted = document.querySelector(`[data-hotkey="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!wanted || wanted.closest("[hidden]")) return;
  event.preventDefault();
  wanted.focus();
  wanted.click();
});
