/* Times that stay true while the page is open: data-relative="waited" (12 分钟) and "when"
   (今天 14:30, 明天 09:00, 11月23日 周一 09:00). China has one time zone, whatever the PC thinks. */
const ZONE = "Asia/Shanghai";
const MINUTE = 60_000;

export function waited(since, now = new Date()) {
  const minutes = Math.max(0, Math.floor((now - since) / MINUTE));
  if (minutes < 60) return `${minutes} 分钟`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} 小时 ${minutes % 60} 分` : `${hours} 小时`;
  return `${Math.floor(hours / 24)} 天`;
}

const dayKey = (date) => new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(date);

export function when(date, now = new Date()) {
  const time = new Intl.DateTimeFormat("zh-CN", {
    timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).format(date);
  const days = Math.round((Date.parse(dayKey(date)) - Date.parse(dayKey(now))) / (24 * 60 * MINUTE));
  const near = { "-1": "昨天", 0: "今天", 1: "明天" }[days];
  if (near) return `${near} ${time}`;
  const [year, month, day] = dayKey(date).split("-").map(Number);
  const week = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, weekday: "short" }).format(date);
  const prefix = year === Number(dayKey(now).slice(0, 4)) ? "" : `${year}年`;
  return `${prefix}${month}月${day}日 ${week} ${time}`;
}

function refresh() {
  for (const element of document.querySelectorAll("time[data-relative]")) {
    const date = new Date(element.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    const words = element.dataset.relative === "waited" ? waited(date) : when(date);
    if (element.textContent !== words) element.textContent = words;
  }
}

setInterval(() => document.visibilityState === "visible" && refresh(), MINUTE / 4);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
document.addEventListener("htmx:load", refresh);
