// To which address: the patient's own book, the default first.

import { get } from "../api.js";
import { h } from "../dom.js";
import { actButton, linkButton, Told } from "../parts.js";
import { costs, openWay, order, pharmacyField } from "../ordering.js";

export default async function door({ params, signal }) {
  const way = await openWay(params.id, "door", signal);
  if (!way) return null;
  const one = await get(`/medication-requests/${params.id}`, { signal, again: true });
  const { items } = await get("/addresses", { signal, query: { patient_id: one.patient_id } });
  const [field, pharmacy] = pharmacyField(way);
  const adding = `addresses/new?patient=${one.patient_id}&for=${params.id}`;
  const choices = h(
    "fieldset",
    { class: "field" },
    h("legend", { class: "field__label" }, "送到哪里"),
    items.map((address, at) => choice(address, at === 0)),
  );
  const send = async () => {
    const chosen = choices.querySelector("input:checked");
    if (!chosen) throw new Told("请选一个地址。");
    await order(params.id, { pharmacy_id: pharmacy(), way: "door", address_id: chosen.value });
  };
  return {
    title: "送到家",
    otherwise: `medicines/${params.id}/ways`,
    body: [
      h("p", { class: "next" }, items.length ? "看看地址和电话对不对。" : "先写一个收药的地址。"),
      h("section", { class: "card" }, costs(way), field),
      items.length > 0 && h("section", { class: "card", "data-testid": "addresses" }, choices),
      items.length > 0 && linkButton("写一个新地址", adding, { kind: "quiet" }),
    ],
    foot: items.length
      ? actButton("送到这个地址", send, { kind: "primary", busy: "正在留药…" })
      : linkButton("写地址", adding, { kind: "primary" }),
  };
}

function choice(address, checked) {
  return h(
    "label",
    { class: "choice" },
    h("input", { type: "radio", name: "address", value: address.id, checked }),
    h("span", {}, h("b", {}, `${address.name} ${address.phone}`), h("br"), address.text),
  );
}
