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

const CHINESE = /^[〇㐀-鿿\u{20000}-\u{3ffff}·]{2,30}$/u;
const LATIN = /^[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ .,'’-]{1,58}$/;

/** Whether it may be a name, as `people/rules.py` has it: no digits, signs or pictures. Pure. */
export function isName(text) {
  const name = text.normalize("NFKC").trim().toUpperCase();
  return CHINESE.test(name.replace(/\s/g, "").replace(/[•・‧∙⋅.]/g, "·")) || LATIN.test(name);
}

/** A telephone number as it is kept: full-width digits, strokes and +86 are no mistake. Pure. */
export const tidyPhone = (text) =>
  text.normalize("NFKC").replace(/[\s()-]/g, "").replace(/^(\+86|0086)/, "");

/** What can be said before the server is asked: {field, message} in the order of the form. Pure. */
export function objections(entry) {
  const found = [];
  const say = (field, message) => found.push({ field, message });
  if (!entry.name.trim()) say("name", "请填姓名,和证件上一样。");
  else if (!isName(entry.name)) say("name", "请照证件填姓名,不要有数字、符号和表情。");
  if (!entry.id_number.trim()) say("id_number", "请填证件号码。");
  else if (tellsBirth(entry.id_type) && !readIdNumber(entry.id_number)) {
    say("id_number", "号码不对,请照着证件再看一遍,一共 18 位。");
  }
  if (!tellsBirth(entry.id_type) && !entry.birth_date) say("birth_date", "请填出生日期。");
  if (!tellsBirth(entry.id_type) && !entry.sex) say("sex", "请选性别。");
  if (!/^1[3-9]\d{9}$/.test(tidyPhone(entry.phone))) {
    say("phone", "请填 11 位手机号。");
  }
  return found;
}

/** Whether the entry tells a birth date already. */
export const isWhole = (entry) =>
  Boolean(tellsBirth(entry.id_type) ? readIdNumber(entry.id_number) : entry.birth_date);

/** The birth date of an entry without objections. */
export const bornOf = (entry) =>
  tellsBirth(entry.id_type) ? readIdNumber(entry.id_number).birthDate : entry.birth_date;
