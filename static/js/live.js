/* What a page shows stays true. An element with data-live-topic="desk consultation:<id>" gets the
   event "live" when one of its topics has changed; with hx-trigger="live" htmx fetches it again.
   It is fetched once when listening begins too, here and after each interruption: what changed
   between the page and the ear was told to nobody. While the line is down the page asks every
   15 s. What comes back as it was is not swapped in, so that nothing flickers or is read aloud. */
import { io } from "../vendor/socket.io.esm.min.js";

const POLL_MS = 15_000;
const CALM_MS = 250;

const due = new Map();
const heard = new Set();
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

const tellOf = (topics) =>
  listeners()
    .filter((element) => topicsOf(element).some((topic) => topics.includes(topic)))
    .forEach(tell);

function poll(on) {
  clearInterval(timer);
  timer = on ? setInterval(() => document.visibilityState === "visible" && tellAll(), POLL_MS) : 0;
}

function listen() {
  const topics = [...new Set(listeners().flatMap(topicsOf))];
  if (!topics.length) return;
  if (!socket) connect();
  else if (socket.connected) {
    const unheard = topics.filter((topic) => !heard.has(topic));
    if (!unheard.length) return;
    for (const topic of unheard) heard.add(topic);
    socket.emit("listen", { topics: unheard }, () => tellOf(unheard));
  }
}

function connect() {
  socket = io("/live", { transports: ["websocket"], reconnectionDelayMax: 5000 });
  socket.on("connect", () => {
    poll(false);
    heard.clear();
    listen();
  });
  socket.on("signed_out", () => {
    const here = location.pathname + location.search;
    location.assign(`/login?${new URLSearchParams({ next: here })}`);
  });
  for (const down of ["disconnect", "connect_error"]) socket.on(down, () => poll(true));
  socket.on("changed", ({ topic }) => tellOf([topic]));
}

/** What a reader would notice: not the forms' one-time keys, nor how long ago something was, nor what
    the page counts by itself (chat/unread.js). */
function noticeable(html) {
  const { content } = Object.assign(document.createElement("template"), { innerHTML: html });
  for (const key of content.querySelectorAll("input[name=once]")) key.removeAttribute("value");
  for (const count of content.querySelectorAll("[data-unread]")) count.remove();
  for (const moment of content.querySelectorAll("time[data-relative]")) moment.textContent = "";
  return [...content.childNodes].map((node) => node.outerHTML ?? node.textContent.trim()).join("");
}

document.addEventListener("htmx:load", listen);
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { target, serverResponse } = detail;
  if (!target.dataset.liveTopic) return;
  if (noticeable(serverResponse) === noticeable(target.innerHTML)) detail.shouldSwap = false;
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && !socket?.connected) tellAll();
});
listen();
