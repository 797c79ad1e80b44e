// 收药地址: the account's book, patient by patient.

import { get } from "../api.js";
import { badge, empty, linkButton, row, rows } from "../parts.js";

export default async function addresses({ signal }) {
  const { items } = await get("/addresses", { signal });
  return {
    title: "收药地址",
    otherwise: "account",
    body: items.length
      ? rows(
          ...items.map((one) =>
            row(`addresses/${one.id}`, one.text, `${one.name} ${one.phone},${one.patient_name}的药送到这里`, {
              right: one.is_default && badge("常用", "done"),
            }),
          ),
        )
      : empty("还没有地址", "写好地址,药可以送到家。"),
    foot: linkButton("写一个新地址", "addresses/new", { kind: items.length ? "" : "primary" }),
  };
}
