/* What a page shows stays true. An element with data-live-topic="desk consultation:<id>" gets the
   event "live" when one of its topics has changed; with hx-trigger="live" htmx fetches it again.
   While the line is down the page asks every 15 s, and once more when the line is back. */
import { io } from "../vendor/socket.io.esm.min.js";

const POLL_MS = 15_000;
const CALM_MS = 250;

const due = new Map();
let socket = null;
let timer = 0;

const listeners = () => [...document.querySelectorAll("[data-live-topic]")];
const topicsOf = (element) => element.dataset.liveTopic.split(/\s+/).filter(Boolean);

/** Several hints in a row are one change. */
function tell(element) {
  if (due.has(element)) return;
  due.set(
    element,
    setTimeout(() => {
      due.delete(element);
      if (element.isConnected) element.dispatchEvent(new CustomEvent("live"));
    }, CALM_MS),
  );
}

const tellAll = () => listeners().forEach(tell);

function poll(on) {
  clearInterval(timer);
  timer = on ? setInterval(() => document.visibilityState === "visible" && tellAll(), POLL_MS) : 0;
}

function listen() {
  const topics = [...new Set(listeners().flatMap(topicsOf))];
  if (!topics.length) return;
  if (!socket) connect();
  else if (socket.connected) socket.emit("listen", { topics });
}

function connect() {
  socket = io("/live", { transports: ["websocket"], reconnectionDelayMax: 5000 });
  let before = false;
  socket.on("connect", () => {
    poll(false);
    listen();
    if (before) tellAll();
    before = true;
  });
  socket.on("signed_out", () => {
    const here = location.pathname + location.search;
    location.assign(`/login?${new URLSearchParams({ next: here })}`);
  });
  for (const down of ["disconnect", "connect_error"]) socket.on(down, () => poll(true));
  socket.on("changed", ({ topic }) => {
    listeners().filter((element) => topicsOf(element).includes(topic)).forEach(tell);
  });
}

document.addEventListener("htmx:load", listen);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && !socket?.connected) tellAll();
});
listen();
