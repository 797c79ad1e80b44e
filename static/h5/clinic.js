// Doctors and their times: what the screens between "find" and "confirm" share.

import { get, now } from "./api.js";
import { passing } from "./keep.js";
import { row, Told } from "./parts.js";
import { distance, when, yuan } from "./words.js";

export const SERVICES = {
  visit: { name: "门诊(到医院看)", icon: "hospital" },
  online: { name: "在线复诊(手机上看)", icon: "video" },
  exam: { name: "检查", icon: "board" },
};

/** Keep what a list already told, so that the next screen need not ask again. */
export function remember(doctors) {
  for (const doctor of doctors) passing.write(`doctor.${doctor.id}`, doctor);
  return doctors;
}

/** One doctor, room or device; who comes from outside has not seen a list yet. */
export async function doctorOf(id, signal) {
  const known = () => passing.read(`doctor.${id}`);
  if (!known()) remember((await get("/practitioners", { signal, query: { limit: 100 } })).items);
  if (!known()) throw new Told("这位医生现在没有开放预约,请选别的医生。");
  return known();
}

/** The clinic that is meant: the one named in the address, or the only one. */
export const serviceOf = (doctor, schedule) =>
  doctor.services.find((service) => service.schedule_id === schedule) ??
  (doctor.services.length === 1 ? doctor.services[0] : null);

/** What /schedule-days and /slots want to know. */
export const whoseTime = (id, service) =>
  service ? { schedule_id: service.schedule_id } : { practitioner_id: id };

/** 还有 5 个号,最早明天 08:30. */
export function freeWords({ remaining, next_at: next }) {
  if (!remaining) return "近期约满";
  return next ? `有号,最早${when(next, now())}` : `还有 ${remaining} 个号`;
}

/** A doctor in a list. */
export function doctorRow(doctor) {
  const name = [doctor.name, doctor.title].filter(Boolean).join(" ");
  const fees = [...new Set(doctor.services.map((service) => yuan(service.fee_fen)))].join("、");
  const where = `${doctor.department_name} · ${doctor.organization_name}`;
  return row(`doctors/${doctor.id}`, name, [where, `${freeWords(doctor)} · ${fees}`]);
}

/** A hospital in a list. */
export function houseRow(house) {
  const far = house.distance_m === null ? "" : distance(house.distance_m);
  return row(`departments/at.${house.id}`, house.name, house.address, { right: far });
}

/** Keep the query of the address (which clinic, which appointment is moved). */
export function carry(query) {
  const kept = Object.fromEntries(["s", "move"].filter((key) => query[key]).map((key) => [key, query[key]]));
  const text = new URLSearchParams(kept).toString();
  return text ? `?${text}` : "";
}
