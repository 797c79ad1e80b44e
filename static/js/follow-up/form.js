/** The follow-up form without a network: what was filled in is kept on the device and sent later. */
import { whenPresent } from "../ui/ready.js";
import { forget, keep, kept, ownerOf } from "./kept.js";
import { post } from "./post.js";

const SAVED = "没有网络。这张表已加密存在这台设备上,有网时打开「随访」会自动发出,不用再填。";
const OVER = "居民的签约或这项管理已经结束,这张表没有计入。已加密存在这台设备上,请在上面选怎么办。";
const SIGNED_OUT = "登录已过期。这张表已加密存在这台设备上,重新登录后会自动发出。";

const SAID = { offline: SAVED, "signed-out": SIGNED_OUT, over: OVER };

function fieldsOf(form) {
  return [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && value !== "");
}

function fill(form, fields) {
  const given = new Map();
  for (const [name, value] of fields) given.set(name, [...(given.get(name) ?? []), value]);
  for (const box of form.elements) {
    if (!box.name || box.name === "csrf_token") continue;
    const values = given.get(box.name) ?? [];
    if (box.type === "checkbox" || box.type === "radio") box.checked = values.includes(box.value);
    else if (box.type !== "hidden" || box.name === "id" || box.name === "once") box.value = values[0] ?? "";
  }
}

async function submit(form, owner, say) {
  const fields = fieldsOf(form);
  const answer = await post(form.action, fields);
  const id = form.elements.namedItem("id").value;
  if (answer.kind === "saved") {
    await forget(id);
    location.assign(answer.url);
  } else if (answer.kind === "refused") {
    form.submit(); // the server shows what has to be mended, with everything as it was typed
  } else {
    await keep(owner, { id, action: form.action, label: form.dataset.followUp, fields });
    say(SAID[answer.kind]);
    document.dispatchEvent(new CustomEvent("follow-up:kept", { detail: { id, why: answer.kind } }));
  }
}

whenPresent("form[data-follow-up]", async (form) => {
  const owner = ownerOf(document.querySelector("[data-kept-account]"));
  if (!owner || !window.indexedDB || !window.crypto?.subtle) return; // the plain form still works
  const line = form.querySelector("[data-follow-up-state]");
  const say = (words) => (line.textContent = words);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(form, owner, say);
  });
  const wanted = new URLSearchParams(location.hash.slice(1)).get("kept");
  const found = wanted && (await kept(owner)).find((one) => one.id === wanted);
  if (found) fill(form, found.fields);
});
