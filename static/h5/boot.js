// Start: the size of letters, the code that WeChat gave, then the place in the address.

import * as frame from "./frame.js";
import { watchKeyboard } from "./keyboard.js";
import { lasting, passing } from "./keep.js";
import { fetchAhead, ROUTES } from "./places.js";
import { go, here, refresh, start } from "./router.js";
import { expire, forgetCaches, rememberPlace, showMode, signedIn } from "./session.js";
import { takeTap, tellTap } from "./tapped.js";

showMode(lasting.read("elder"));
takeTap();
takeCode();
document.addEventListener("signed-out", () => {
  expire();
  if (here().startsWith("sign-in")) return;
  rememberPlace(here());
  go("sign-in", { replace: true });
});
document.addEventListener("agreements-owed", () => {
  rememberPlace(here());
  go("agreements/new");
});
window.addEventListener("storage", (event) => {
  if (event.key !== "doorstep.token") return; // another tab signed in or out
  forgetCaches();
  refresh();
});
watchKeyboard();
start(ROUTES, frame);
if (signedIn()) tellTap();
window.addEventListener("hashchange", () => signedIn() && tellTap());
frame.watchLine(refresh);
window.addEventListener("load", () => setTimeout(fetchAhead, 3000));
window.addEventListener("pageshow", (event) => event.persisted && refresh());

/** `?code=` is good for once: it leaves the address before anything else may copy it. */
function takeCode() {
  const asked = new URLSearchParams(window.location.search);
  const code = asked.get("code");
  if (!code) return;
  rememberPlace(here());
  window.history.replaceState(null, "", `${window.location.pathname}#/sign-in`);
  passing.write("code", code);
}
