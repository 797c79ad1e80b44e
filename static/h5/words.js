// How days, times, money and distances are said. Pure: tested in tests/browser/test_h5_words.py.
// The county's clock is UTC+8 all year, whatever the phone believes.

const OFFSET = 8 * 3600_000;
const DAY = 86_400_000;
const WEEKDAYS = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];

const two = (number) => String(number).padStart(2, "0");
const local = (moment) => new Date(new Date(moment).getTime() + OFFSET);
const dayNumber = (moment) => Math.floor((new Date(moment).getTime() + OFFSET) / DAY);

/** The county's date of a moment, as the API wants it: 2026-11-23. */
export function isoDay(moment) {
  return local(moment).toISOString().slice(0, 10);
}

/** 2027年11月22日: the last day before a moment at which something ends. */
export function lastDay(end) {
  const [year, month, day] = isoDay(new Date(end).getTime() - 1).split("-").map(Number);
  return `${year}年${month}月${day}日`;
}

/** Noon of a date in the county, so that no clock moves it to another day. */
export function noonOf(day) {
  return new Date(`${day}T12:00:00+08:00`);
}

/** 14:30. */
export function clock(moment) {
  const at = local(moment);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}

/** 今天, 明天, 后天, 昨天, else 11月23日 周一 (with the year when it is another one). */
export function dayWords(moment, now = Date.now()) {
  const away = dayNumber(moment) - dayNumber(now);
  const near = { "-1": "昨天", 0: "今天", 1: "明天", 2: "后天" }[away];
  return near ?? fullDay(moment, now);
}

/** 11月23日 周一, never a word that is wrong tomorrow. */
export function fullDay(moment, now = Date.now()) {
  const at = local(moment);
  const year = at.getUTCFullYear() === local(now).getUTCFullYear() ? "" : `${at.getUTCFullYear()}年`;
  return `${year}${at.getUTCMonth() + 1}月${at.getUTCDate()}日 ${WEEKDAYS[at.getUTCDay()]}`;
}

/** 今天 14:30. */
export function when(moment, now = Date.now()) {
  return `${dayWords(moment, now)} ${clock(moment)}`;
}

/** 今天 14:30 到 15:00. */
export function span(start, end, now = Date.now()) {
  return `${when(start, now)} 到 ${clock(end)}`;
}

/** 上午, 下午 or 晚上. */
export function partOfDay(moment) {
  const hour = local(moment).getUTCHours();
  return hour < 12 ? "上午" : hour < 18 ? "下午" : "晚上";
}

/** 12.00元, and 免费 for nothing. */
export function yuan(fen) {
  if (!fen) return "免费";
  const amount = Math.abs(fen);
  return `${fen < 0 ? "-" : ""}${Math.floor(amount / 100)}.${two(amount % 100)}元`;
}

/** 800 米, 3.2 公里, 25 公里. */
export function distance(metres) {
  if (metres < 1000) return `${Math.max(1, Math.round(metres / 100)) * 100} 米`;
  const km = metres / 1000;
  return `${km < 10 ? km.toFixed(1) : Math.round(km)} 公里`;
}

/** 14 分 05 秒, 2 小时 05 分; never below zero. */
export function countdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} 小时 ${two(minutes % 60)} 分`;
  return minutes ? `${minutes} 分 ${two(seconds % 60)} 秒` : `${seconds} 秒`;
}

/** A code in fives, to be read aloud. */
export function inFives(code) {
  return code.replace(/(.{5})(?=.)/g, "$1 ");
}

/** Whole years on a day. */
export function age(birthDate, now = Date.now()) {
  const [year, month, day] = birthDate.split("-").map(Number);
  const at = local(now);
  const had =
    at.getUTCMonth() + 1 > month || (at.getUTCMonth() + 1 === month && at.getUTCDate() >= day);
  return at.getUTCFullYear() - year - (had ? 0 : 1);
}

/** What a Chinese id number tells, or null when its checksum or date is wrong (GB 11643). */
export function readIdNumber(text) {
  const number = text.normalize("NFKC").replace(/\s/g, "").toUpperCase();
  if (!/^\d{17}[\dX]$/.test(number)) return null;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  if ("10X98765432"[sum % 11] !== number[17]) return null;
  const birthDate = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  const noon = noonOf(birthDate);
  if (Number.isNaN(noon.getTime()) || isoDay(noon) !== birthDate) return null;
  return { number, birthDate, sex: Number(number[16]) % 2 ? "男" : "女" };
}

