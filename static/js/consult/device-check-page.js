/* The page on which anybody may try their devices at any time. */
import { Door } from "./door.js";
import { LocalMedia } from "./local-media.js";
import { markInside } from "./session.js";

const page = document.getElementById("device-check-page");
const door = new Door(page.querySelector("[data-door]"), new LocalMedia());
const join = page.querySelector("[data-door-join]");
join.hidden = !page.dataset.next;
door.addEventListener("join", () => {
  if (page.dataset.room) markInside(page.dataset.room, true);
  location.assign(page.dataset.next);
});
door.open();
