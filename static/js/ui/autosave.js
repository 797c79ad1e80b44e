/* <form data-autosave="/drafts/…">: what was typed goes to the server 1.5 s after the last key, and
   at once when the page is hidden or closed. Nothing is kept in the browser: clinic PCs are shared. */
import { whenPresent } from "./ready.js";

const QUIET_MS = 1500;
const RETRY_MS = 10_000;

const clock = () =>
  new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date());

whenPresent("form[data-autosave]", (form) => {
  const line = form.querySelector("[data-autosave-state]");
  let saved = snapshot(form);
  let timer = 0;
  let saving = false;

  function tell(state, words) {
    if (!line) return;
    line.dataset.state = state;
    line.textContent = words;
  }

  async function save(keepalive = false) {
    clearTimeout(timer);
    const now = snapshot(form);
    if (now === saved || (saving && !keepalive)) return;
    saving = true;
    tell("saving", "正在保存草稿…");
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new URLSearchParams(now),
        headers: { "X-Requested-With": "autosave" },
        keepalive,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      saved = now;
      tell("saved", `草稿已保存 ${clock()}`);
      if (snapshot(form) !== saved) timer = setTimeout(save, QUIET_MS);
    } catch {
      tell("failed", "草稿还没有保存,正在重试。请先不要关闭页面");
      timer = setTimeout(save, RETRY_MS);
    } finally {
      saving = false;
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, QUIET_MS);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && form.isConnected) save(true);
  });
  window.addEventListener("online", () => form.isConnected && save());
});

/** The words of the form. Files have their own upload; the key of the final submit is not a draft's. */
function snapshot(form) {
  const words = [...new FormData(form)].filter(
    ([name, value]) => typeof value === "string" && name !== "once",
  );
  return new URLSearchParams(words).toString();
}
