/* <form data-autosave="/drafts/…">: what was typed goes to the server 1.5 s after the last key, and
   at once when the page is hidden or closed. Nothing is kept in the browser: clinic PCs are shared.
   A form with the fields `revision` and `seq` says which draft it was typed from and in which turn;
   409 means that another window was faster, and then only the person's own save goes on. */
import { whenPresent } from "./ready.js";

const QUIET_MS = 1500;
const RETRY_MS = 10_000;
const OF_THE_PAGE = ["once", "revision", "seq", "password", "code"];

const clock = () =>
  new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date());

whenPresent("form[data-autosave]", (form) => {
  const line = form.querySelector("[data-autosave-state]");
  let saved = snapshot(form);
  let timer = 0;
  let saving = false;
  let overtaken = false;
  const { revision, seq } = form.elements;

  const turn = () => {
    if (seq) seq.value = String(Number(seq.value) + 1);
  };

  function tell(state, words) {
    if (!line) return;
    line.dataset.state = state;
    line.textContent = words;
  }

  async function save(keepalive = false) {
    clearTimeout(timer);
    const now = snapshot(form);
    if (!form.isConnected || overtaken || now === saved || (saving && !keepalive)) return;
    saving = true;
    tell("saving", "正在保存草稿…");
    turn();
    const body = new URLSearchParams(now);
    for (const base of [revision, seq]) if (base) body.set(base.name, base.value);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body,
        headers: { "X-Requested-With": "autosave" },
        keepalive,
      });
      if (answer.status === 409 && revision) {
        overtaken = true;
        tell("failed", "另一个窗口改过这份草稿。请点“保存草稿”,核对两边");
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      saved = now;
      if (revision) revision.value = answer.headers.get("Draft-Revision") ?? revision.value;
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
  const leave = () => {
    clearTimeout(timer);
    turn();
  };
  form.addEventListener("submit", leave);
  form.addEventListener("click", (event) => event.target.closest("button[type=submit]") && leave(), true);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });
  window.addEventListener("online", () => save());
});

/** The words of the form. Files have their own upload; the key of the final submit, and what proves
    who one is, are not a draft's. */
function snapshot(form) {
  const words = [...new FormData(form)].filter(
    ([name, value]) => typeof value === "string" && !OF_THE_PAGE.includes(name),
  );
  return new URLSearchParams(words).toString();
}
