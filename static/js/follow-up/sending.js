/** Sends what is kept on this device, one after the other, as soon as there is a network. What the
    server will not have as a follow-up any more is handed in as a note or thrown away, by the
    person who filled it in and never by itself. */
import { confirmed } from "../ui/confirm.js";
import { whenPresent } from "../ui/ready.js";
import { forget, kept, ownerOf } from "./kept.js";
import { handIn, post } from "./post.js";

const TROUBLE = {
  offline: "还没有网络,有网时会自动发出。",
  "signed-out": "请重新登录,登录后会自动发出。",
  refused: "有几处要改,请打开改好再保存。改不了的,可以作为说明交到病历里。",
  over: "居民的签约或这项管理已经结束,不能再计入随访。可以作为说明交到病历里,别的医生看得到。",
};
const HANDED_IN = "已作为说明交到病历里。";
const NOT_HANDED_IN = "没有交上去,这张表还在这台设备上。请看看网络,再点一次。";
const ASKED = new Set(["refused", "over"]);

/** Tries all of them; why each of the others is still here, by its id. */
async function send(owner) {
  const why = new Map();
  for (const form of await kept(owner)) {
    const answer = await post(form.action, form.fields);
    if (answer.kind === "saved") await forget(form.id);
    else why.set(form.id, answer.kind);
    if (answer.kind === "offline" || answer.kind === "signed-out") break;
  }
  return why;
}

function linkTo({ id, action }, text) {
  const link = document.createElement("a");
  link.href = `${new URL(action).pathname}/new#kept=${id}`;
  link.textContent = text;
  return link;
}

function button(text, act) {
  const found = document.createElement("button");
  found.type = "button";
  found.className = "button button--small";
  found.textContent = text;
  found.addEventListener("click", () => act(found));
  return found;
}

/** 张桂英的随访表,2026-11-20 */
function nameOf({ label, fields }) {
  const on = fields.find(([name]) => name === "met_on")?.[1];
  return on ? `${label},${on}` : label;
}

function choices(form, say) {
  const row = document.createElement("p");
  row.className = "actions";
  row.append(
    button("作为说明交到病历", async (pressed) => {
      pressed.disabled = true;
      const there = await handIn(form.action, form.fields);
      if (there) await forget(form.id);
      else pressed.disabled = false;
      say(form.id, there ? HANDED_IN : NOT_HANDED_IN);
    }),
    button("不要了", async () => {
      const text = `${nameOf(form)}里填的全部会从这台设备上删掉,找不回来。`;
      if (!(await confirmed({ title: "不要这张表了?", text, yes: "删掉" }))) return;
      await forget(form.id);
      say(form.id, "");
    }),
  );
  return row;
}

function line(form, why, say) {
  const item = document.createElement("li");
  const head = document.createElement("p");
  head.append(why === "over" ? nameOf(form) : linkTo(form, nameOf(form)));
  item.append(head);
  if (!ASKED.has(why)) return item;
  const words = document.createElement("p");
  words.className = "soft";
  words.textContent = TROUBLE[why];
  item.append(words, choices(form, say));
  return item;
}

async function show(box, owner, why, said = "") {
  const left = await kept(owner);
  const say = (id, words) => {
    why.delete(id);
    return show(box, owner, why, words);
  };
  box.querySelector("[data-kept-list]").replaceChildren(
    ...left.map((form) => line(form, why.get(form.id), say)),
  );
  const first = [...why.values()].find((one) => !ASKED.has(one));
  const waiting = left.length ? `有 ${left.length} 张随访表存在这台设备上,还没有计入。` : "";
  box.querySelector("[data-kept-words]").textContent = said + waiting + (TROUBLE[first] ?? "");
  box.querySelector("[data-kept-send]").hidden = left.length === 0;
  box.hidden = left.length === 0 && !said;
}

whenPresent("[data-kept-account]", (box) => {
  const owner = ownerOf(box);
  if (!owner || !window.indexedDB || !window.crypto?.subtle) return;
  let running = null;
  let why = new Map();
  const go = () => {
    running ??= navigator.locks
      .request("doorstep-follow-ups", () => send(owner)) // one tab at a time
      .then((found) => show(box, owner, (why = found)))
      .finally(() => (running = null));
  };
  box.querySelector("[data-kept-send]").addEventListener("click", go);
  window.addEventListener("online", go);
  document.addEventListener("follow-up:kept", ({ detail }) => {
    why.set(detail.id, detail.why);
    show(box, owner, why);
  });
  go();
});
