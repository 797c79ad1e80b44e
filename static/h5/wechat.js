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

/** Open WeChat's cashier with what the server signed. True: paid as far as WeChat says.
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
    return false; // known when the person comes back
  }
  return new Promise((resolve, reject) => {
    weixin.invoke("getBrandWCPayRequest", { appId: meta("wechat-app-id"), ...order }, (answer) => {
      const said = answer.err_msg ?? "";
      if (said.endsWith(":ok")) resolve(true);
      else if (said.endsWith(":cancel")) resolve(false);
      else reject(new Told("微信支付没有成功,钱没有扣。请再试一次。"));
    });
  });
}
