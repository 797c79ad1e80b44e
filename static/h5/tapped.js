// `?m=` in the address: somebody came by a WeChat message of this name. It is told once, and leaves
// the address at once, so that nobody else's copy of the address tells it again.

import { post } from "./api.js";
import { passing } from "./keep.js";

const KEY = "tapped";

/** Take the name out of the address, before anything else looks at it. */
export function takeTap() {
  const asked = new URLSearchParams(window.location.search);
  const name = asked.get("m");
  if (!name) return;
  asked.delete("m");
  const rest = asked.size ? `?${asked}` : "";
  window.history.replaceState(null, "", `${window.location.pathname}${rest}${window.location.hash}`);
  if (/^[\w-]{36}$/.test(name)) passing.write(KEY, name);
}

/** Tell what was tapped; it stays for later while nobody is signed in. */
export async function tellTap() {
  const name = passing.read(KEY);
  if (!name) return;
  const done = await post(`/communications/${name}/tap`).then(
    () => true,
    () => false,
  );
  if (done) passing.forget(KEY);
}
