/* What the node says of pictures that are not shown in full, in the words of the page. */

const ON_TILE = {
  "paused line": "网络慢,先保证声音,画面暂停",
  "small sender": "对方网络慢,画面不太清楚",
};

/** What stands on the tile of somebody's camera or screen; empty when nothing has to be said. */
export function wordOf({ shown, why }) {
  return ON_TILE[`${shown} ${why}`] ?? "";
}

/** One sentence about my own line; empty when it carries everything. `seat` is mine. */
export function sentenceOf(pictures, seat) {
  const down = pictures.filter((picture) => picture.why === "line" && picture.seat !== seat);
  if (down.some(({ shown }) => shown === "paused")) {
    return "您的网络很慢,先保证声音。网络好了,画面会自己回来。";
  }
  if (down.length) return "您的网络有点慢,先保证声音,画面会模糊一些。";
  return pictures.some((picture) => picture.seat === seat) ? "您的网络有点慢,大家看您的画面会模糊一些。" : "";
}
