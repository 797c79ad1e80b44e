// What WeChat's own browser can do for a page. Everything else is plain web.

import { Told } from "./parts.js";

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export const isDemo = () => Boolean(meta("doorstep-demo"));
export const inWeChat = () => /MicroMessenger/i.test(navigator.userAgent);
const inMiniProgram = () =>
  window.__wxjs_environment === "miniprogram" || /miniProgram/i.test(navigator.userAgent);

/** WeChat's bridge appears a moment after the page. */
function bridge() {
  if (window.WeixinJSBridge) return Promise.resolve(window.WeixinJSBridge);
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Told("微信没有反应,请关掉页面再打开一次。")), 5000);
    document.addEventListener("WeixinJSBridgeReady", () => {
      clearTimeout(late);
      resolve(window.WeixinJSBridge);
    });
  });
}

/** Whether anybody here could put WeChat's question about reminders: the mini program's own page. */
export const mayRemind = () => isDemo() || inMiniProgram();

/** Hand over to the program's page, where a tap opens WeChat's question; it tells the server. */
export async function askToRemind(wanted) {
  const weixin = await bridge();
  const query = new URLSearchParams({ templates: wanted.map((one) => one.template_id).join(",") });
  weixin.invoke("invokeMiniProgramAPI", {
    name: "navigateTo",
    arg: { url: `/pages/subscribe/subscribe?${query}` },
  });
}

/** Open a paper by its address, in this window: web views open no second one. Inside a mini program
 * the program's own page fetches and shows it, because a web view there shows no PDF.
 */
export async function openPaper(url) {
  if (!inMiniProgram()) {
    window.location.assign(url);
    return;
  }
  const weixin = await bridge();
  const query = new URLSearchParams({ url });
  weixin.invoke("invokeMiniProgramAPI", {
    name: "navigateTo",
    arg: { url: `/pages/document/document?${query}` },
  });
}

/** Open WeChat's cashier with what the server signed. What WeChat says: paid, cancelled, unknown.
 *
 * A web view inside a mini program may not open the cashier itself: the program's own page does.
 */
export async function openCashier(order, visitId) {
  const weixin = await bridge();
  if (inMiniProgram()) {
    const query = new URLSearchParams({ ...order, appointment: visitId });
    weixin.invoke("invokeMiniProgramAPI", {
      name: "navigateTo",
      arg: { url: `/pages/pay/pay?${query}` },
    });
    return "unknown"; // asked for when the person comes back
  }
  return new Promise((resolve, reject) => {
    weixin.invoke("getBrandWCPayRequest", { appId: meta("wechat-app-id"), ...order }, (answer) => {
      const said = answer.err_msg ?? "";
      if (said.endsWith(":ok")) resolve("paid");
      else if (said.endsWith(":cancel")) resolve("cancelled");
      else reject(new Told("微信支付没有成功,钱没有扣。请再试一次。"));
    });
  });
}
