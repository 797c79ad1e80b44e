/* Mounts the player on the recording's page. */
import { Player } from "./player.js";

const root = document.querySelector("[data-playback]");
if (root) new Player(root).start();
