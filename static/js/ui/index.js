/* Small behaviours for server-rendered pages. Each listens on the document or finds its own
   elements again after htmx has swapped something in, so nothing has to be started by hand. */
import "./posted.js";
import "./dialog.js";
import "./confirm.js";
import "./errors.js";
import "./submit.js";
import "./keyboard.js";
import "./enter.js";
import "./count.js";
import "./autosave.js";
import "./signature.js";
import "./picture.js";
import "./moment.js";
import "./tabs.js";
import "./menu.js";
import "./dropzone.js";
import "./toast.js";
import "./print.js";
