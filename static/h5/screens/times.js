// The times of one day. Full ones are shown as full, so that nobody searches for them.

import { get, now } from "../api.js";
import { carry, doctorOf, serviceOf, whoseTime } from "../clinic.js";
import { h } from "../dom.js";
import { href } from "../router.js";
import { empty, linkButton, notice } from "../parts.js";
import { clock, dayWords, fullDay, noonOf, partOfDay, when } from "../words.js";

export default async function times({ params, query, signal }) {
  const doctor = await doctorOf(params.id, signal);
  const service = serviceOf(doctor, query.s);
  const asked = { ...whoseTime(params.id, service), date: params.day };
  const { items } = await get("/slots", { signal, query: asked });
  const back = `doctors/${params.id}${carry(query)}`;
  return {
    title: dayWords(noonOf(params.day), now()).split(" ")[0],
    otherwise: back,
    body: [
      h("p", {}, h("b", {}, [doctor.name, doctor.title].filter(Boolean).join(" ")), ` · ${doctor.department_name}`),
      h("p", {}, fullDay(noonOf(params.day), now())),
      items.length ? byPart(items, params, query) : empty("这一天没有号", "", linkButton("换一天", back)),
      items.length > 0 && !items.some((slot) => slot.state === "free") && gone(params, query, back),
    ],
  };
}

function byPart(slots, params, query) {
  return [...grouped(slots)].map(([name, some]) => [
    h("h2", {}, name),
    h("div", { class: "slots" }, some.map((slot) => tile(slot, params, query))),
  ]);
}

function grouped(slots) {
  const found = new Map();
  for (const slot of slots) {
    const name = partOfDay(slot.start);
    found.set(name, [...(found.get(name) ?? []), slot]);
  }
  return found;
}

function tile(slot, params, query) {
  const time = `${clock(slot.start)}–${clock(slot.end)}`;
  if (slot.state === "free") {
    const path = `doctors/${params.id}/${params.day}/${slot.id}${carry(query)}`;
    return h("a", { class: "slot", href: href(path) }, h("b", {}, time), `还有 ${slot.remaining} 个`);
  }
  const why = { full: "约满了", stopped: "停诊" }[slot.state];
  const words = why ?? (slot.releases_at ? `${when(slot.releases_at, now())} 放号` : "还没放号");
  return h("div", { class: "slot slot--gone" }, h("b", {}, time), words);
}

function gone(params, query, back) {
  if (query.move) return notice("这一天约满了,请换一天。", "waiting", linkButton("换一天", back));
  const path = `doctors/${params.id}/${params.day}/wait${carry(query)}`;
  return notice(
    "这一天约满了。有人退号时,按先后顺序给候补的人。",
    "waiting",
    linkButton("排队候补", path, { kind: "primary" }),
    linkButton("换一天", back),
  );
}
