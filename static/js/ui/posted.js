/* A page that answers a form in its own place (something has to be mended, or a search that keeps
   names out of addresses) takes the address of the page on which the form stood. So the browser's
   back and reload lead there, and not to its warning that a form would be sent again. */
const { referrer } = document;

if (document.documentElement.hasAttribute("data-posted") && referrer) {
  const from = new URL(referrer);
  if (from.origin === location.origin) {
    history.replaceState(history.state, "", from.pathname + from.search + location.hash);
  }
}
