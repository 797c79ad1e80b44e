/* The consult room's page: the device check first, then the room. A reload goes straight in. */
import { Door } from "./door.js";
import { LocalMedia } from "./local-media.js";
import { wasInside } from "./session.js";
import { Stage } from "./stage.js";

const root = document.getElementById("consult-room");
const media = new LocalMedia();
const stage = new Stage(root, media);
const door = document.querySelector("[data-door]");

if (wasInside(root.dataset.room)) {
  door.hidden = true;
  media.openRemembered().finally(() => stage.start());
} else {
  const check = new Door(door, media);
  check.addEventListener("join", () => {
    check.close();
    stage.start();
  }, { once: true });
  check.open();
}
