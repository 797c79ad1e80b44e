/** Sends what is kept on this device, one after the other, as soon as there is a network. */
import { whenPresent } from "../ui/ready.js";
import { forget, kept, ownerOf } from "./kept.js";
import { post } from "./post.js";

const TROUBLE = {
  offline: "还没有网络,有网时会自动发出。",
  "signed-out": "请重新登录,登录后会自动发出。",
  refused: "有几处要改,请打开改好再保存。",
};

async function send(owner) {
  const troubles = [];
  for (const form of await kept(owner)) {
    const answer = await post(form.action, form.fields);
    if (answer.kind === "saved") await forget(form.id);
    else troubles.push({ form, why: answer.kind });
    if (answer.kind === "offline" || answer.kind === "signed-out") break;
  }
  return troubles;
}

function linkTo({ id, action, label }) {
  const link = document.createElement("a");
  link.href = `${new URL(action).pathname}/new#kept=${id}`;
  link.textContent = label;
  return link;
}

async function show(box, owner, troubles) {
  const left = await kept(owner);
  const list = box.querySelector("[data-kept-list]");
  list.replaceChildren(...left.map((form) => {
    const line = document.createElement("li");
    line.append(linkTo(form));
    return line;
  }));
  box.querySelector("[data-kept-words]").textContent =
    `有 ${left.length} 张随访表存在这台设备上,还没有发出。${TROUBLE[troubles[0]?.why] ?? ""}`;
  box.hidden = left.length === 0;
}

whenPresent("[data-kept-account]", (box) => {
  const owner = ownerOf(box);
  if (!owner || !window.indexedDB || !window.crypto?.subtle) return;
  let running = null;
  const go = () => {
    running ??= navigator.locks
      .request("doorstep-follow-ups", () => send(owner)) // one tab at a time
      .then((troubles) => show(box, owner, troubles))
      .finally(() => (running = null));
  };
  box.querySelector("[data-kept-send]").addEventListener("click", go);
  window.addEventListener("online", go);
  document.addEventListener("follow-up:kept", () => show(box, owner, [{ why: "offline" }]));
  go();
});
