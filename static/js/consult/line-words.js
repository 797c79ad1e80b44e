/* What was measured, in words: what it means for the consultation, and what to do next. */

// Kilobits a second that one picture, a small picture and a voice need (docs/howto/firewall.md).
const PICTURE = 500;
const SMALL_PICTURE = 150;
const VOICE = 40;

const MEANS = {
  good: "网络良好,可以视频。",
  fair: "网络可以,画面可能偶尔模糊,声音不受影响。",
  poor: "网络比较慢。建议关掉摄像头,只用语音;靠近路由器,或换一条网络再试。",
  voice: "网络很慢,只够打字和断续的声音。先进去打字、发照片,要紧时打电话。",
  none: "声音和画面过不去,多半是这里的网络挡住了。可以先进去打字、发照片;请打电话给县里的管理员,说“视频连不上”。",
  away: "连不上服务器。请看看网线或 Wi-Fi,再点“重新检查”;也可以先进去,连上后会自动恢复。",
  unknown: "网络暂时没有测成。可以直接进去,不行就点“重新检查”。",
};
const TRANSPORTS = { udp: "UDP", tcp: "TCP", tls: "TLS" };

/** Judge a measurement: {state, rttMs, up: {kbps, loss}, down: {kbps, loss}, way}.
    `loss` in percent, null where the line is too slow to tell it from what we put on it.
    `state` is `measured`, or why it is not: `none`, `away`, `unknown`.
    Answers {level, words, figures}. */
export function describe(found) {
  const level = found.state === "measured" ? levelOf(found) : found.state;
  return { ...found, level, words: MEANS[level], figures: figuresOf(found) };
}

function levelOf({ rttMs, up, down }) {
  const kbps = Math.min(up.kbps, down.kbps);
  const loss = Math.max(up.loss ?? 0, down.loss ?? 0);
  if (kbps < VOICE || loss > 30 || rttMs > 1500) return "voice";
  if (kbps < SMALL_PICTURE || loss > 10 || rttMs > 800) return "poor";
  if (kbps < PICTURE || loss > 3 || rttMs > 300) return "fair";
  return "good";
}

function figuresOf({ state, rttMs, up, down, way }) {
  if (state !== "measured") return "";
  return [
    `走法:${wayOf(way)}`,
    `上传 ${rate(up)}`,
    `下载 ${rate(down)}`,
    up.loss === null ? "丢包没有测,线路太慢" : `丢包:上传 ${up.loss}%,下载 ${down.loss}%`,
    `来回 ${rttMs} 毫秒`,
  ].join(";");
}

/** {relay: "" | udp | tcp | tls, family: 4 | 6}: how media goes. */
function wayOf({ relay, family }) {
  const straight = relay ? `经中继(${TRANSPORTS[relay] ?? relay})` : "直连";
  return family === 6 ? `${straight},IPv6` : straight;
}

/** No more is tried than a consultation needs, so a fast line is only known to be fast enough. */
const rate = ({ kbps, enough }) => `${enough ? "不低于 " : ""}${kbps} 千比特/秒`;
