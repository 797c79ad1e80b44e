// To which village clinic: one's own first, the others by name.

import { get } from "../api.js";
import { h } from "../dom.js";
import { actButton, badge, box, facts, fold } from "../parts.js";
import { costs, openWay, order, pharmacyField } from "../ordering.js";

const SHOWN = 6;

export default async function village({ params, signal }) {
  const way = await openWay(params.id, "village", signal);
  if (!way) return null;
  const { items } = await get(`/medication-requests/${params.id}/clinics`, { signal });
  const [field, pharmacy] = pharmacyField(way);
  const bring = (clinic) => order(params.id, { pharmacy_id: pharmacy(), way: "village", clinic_id: clinic.id });
  const mine = items.filter((clinic) => clinic.mine);
  const others = items.filter((clinic) => !clinic.mine);
  return {
    title: "送到村卫生室",
    otherwise: `medicines/${params.id}/ways`,
    body: [
      h("p", { class: "next" }, "药随车送到村卫生室,到了通知您去取。"),
      h("section", { class: "card" }, costs(way), field),
      mine.map((clinic) => card(clinic, bring, "primary")),
      mine.length ? fold("送到别的村", finding(others, bring)) : finding(others, bring),
    ],
  };
}

function card(clinic, bring, kind = "") {
  return h(
    "section",
    { class: "card", "data-testid": "clinic", "data-complaints": true },
    h("h2", {}, clinic.name),
    clinic.mine && badge("您村里的", "done"),
    facts([
      ["地址", clinic.address],
      ["电话", clinic.phone && h("a", { href: `tel:${clinic.phone}` }, clinic.phone)],
    ]),
    actButton(`送到${clinic.name}`, () => bring(clinic), { kind, busy: "正在留药…" }),
  );
}

function finding(clinics, bring) {
  const list = h("div", { class: "fields" });
  const asked = box("clinic", "村名", { hint: "打一两个字就行", maxlength: "20" });
  const show = () => {
    const words = asked.querySelector("input").value.trim();
    const found = clinics.filter((clinic) => clinic.name.includes(words));
    const more = found.length - SHOWN;
    list.replaceChildren(
      ...found.slice(0, SHOWN).map((clinic) => card(clinic, bring)),
      ...(found.length ? [] : [h("p", {}, "没有找到,换个字试试。")]),
      ...(more > 0 ? [h("p", { class: "soft" }, `还有 ${more} 家,打村名就能找到。`)] : []),
    );
  };
  asked.addEventListener("input", show);
  show();
  return h("div", { class: "fields" }, asked, list);
}
