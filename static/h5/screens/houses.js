// 按医院找: the houses one can book at, the nearest first when the phone may say where it is.

import { get } from "../api.js";
import { houseRow } from "../clinic.js";
import { h } from "../dom.js";
import { passing } from "../keep.js";
import { actButton, empty, notice, rows, Told } from "../parts.js";

export default async function houses({ signal, again }) {
  const near = passing.read("near");
  const found = await get("/organizations", { signal, query: { bookable: "true", near, limit: 100 } });
  return {
    title: "按医院找",
    otherwise: "find",
    body: [
      near
        ? h("p", { class: "soft" }, "离您近的排在前面(直线距离)。")
        : h("div", { "data-complaints": true }, actButton("按离我远近排", () => locate(again), { name: "mark" })),
      found.items.length
        ? rows(...found.items.map(houseRow))
        : empty("还没有可以预约的医院", "请打电话问医院,或者请村医帮忙。"),
      notice("位置只用来排这张表,不会留下来。"),
    ],
  };
}

/** About a kilometre is enough to sort by, and tells no address. */
async function locate(again) {
  const place = await new Promise((resolve, reject) => {
    if (!navigator.geolocation) reject(new Error("no geolocation"));
    navigator.geolocation.getCurrentPosition(resolve, reject, { timeout: 10_000 });
  }).catch(() => null);
  if (!place) throw new Told("手机没有给出位置。可以直接在下面选医院。");
  const { latitude, longitude } = place.coords;
  passing.write("near", `${latitude.toFixed(2)},${longitude.toFixed(2)}`);
  await again();
}
