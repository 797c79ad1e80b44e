// Who has to agree to what before somebody is added, as `people/residents/rules.py` has it. The
// server decides; this only asks the right questions in the right order.

import { age, readIdNumber } from "./words.js";

const ADULT = 18;
const CHILD = 14;

/** Documents whose number tells birth date and sex come first. */
export const DOCUMENTS = [
  ["id_card", "身份证"],
  ["residence_permit", "港澳台居民居住证"],
  ["foreign_residence", "外国人永久居留证"],
  ["birth_certificate", "出生医学证明"],
  ["passport", "护照"],
  ["hk_macau_permit", "港澳通行证"],
  ["taiwan_permit", "台胞证"],
];
export const tellsBirth = (kind) => ["id_card", "residence_permit", "foreign_residence"].includes(kind);

/** For whom a text is (`needed_for`), given the relation and the birth date. Pure. */
export function neededFor(relation, birthDate, now) {
  const years = age(birthDate, now);
  if (relation === "self") return ["account", "patient"];
  if (years >= ADULT) return ["patient", "proxy"];
  return years < CHILD ? ["patient", "minor", "child"] : ["patient", "minor"];
}

/** What can be said before the server is asked: {field, message} in the order of the form. Pure. */
export function objections(entry) {
  const found = [];
  const say = (field, message) => found.push({ field, message });
  if (!entry.name.trim()) say("name", "请填姓名,和证件上一样。");
  if (!entry.id_number.trim()) say("id_number", "请填证件号码。");
  else if (tellsBirth(entry.id_type) && !readIdNumber(entry.id_number)) {
    say("id_number", "号码不对,请照着证件再看一遍,一共 18 位。");
  }
  if (!tellsBirth(entry.id_type) && !entry.birth_date) say("birth_date", "请填出生日期。");
  if (!tellsBirth(entry.id_type) && !entry.sex) say("sex", "请选性别。");
  if (!/^1[3-9]\d{9}$/.test(entry.phone.replace(/[\s-]/g, ""))) {
    say("phone", "请填 11 位手机号。");
  }
  return found;
}

/** The birth date of an entry without objections. */
export const bornOf = (entry) =>
  tellsBirth(entry.id_type) ? readIdNumber(entry.id_number).birthDate : entry.birth_date;
