/* A pad to sign on. Strokes are kept as points, so turning the phone redraws instead of erasing;
   the hidden input carries a PNG data URL, empty while the pad is. */
import { whenPresent } from "./ready.js";

const OUT_WIDTH = 900; // pixels of the stored picture: sharp on A4, about 15 kB

whenPresent("[data-signature]", (pad) => {
  const canvas = pad.querySelector("canvas");
  const value = pad.querySelector("[data-signature-value]");
  const state = pad.querySelector("[data-signature-state]");
  const strokes = []; // each a list of [x, y] in 0…1 of the pad's width
  let stroke = null;

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.width];
  };

  function draw(target, scale) {
    const pen = target.getContext("2d");
    pen.clearRect(0, 0, target.width, target.height);
    pen.lineWidth = Math.max(2, scale / 220);
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#0b151b";
    for (const points of strokes) {
      pen.beginPath();
      const [first, ...rest] = points;
      pen.moveTo(first[0] * scale, first[1] * scale);
      if (rest.length === 0) pen.lineTo(first[0] * scale + 0.1, first[1] * scale);
      rest.forEach(([x, y], i) => {
        const [px, py] = points[i];
        pen.quadraticCurveTo(px * scale, py * scale, ((px + x) / 2) * scale, ((py + y) / 2) * scale);
      });
      pen.stroke();
    }
  }

  function fit() {
    const box = canvas.getBoundingClientRect();
    if (!box.width) return;
    const sharp = window.devicePixelRatio || 1;
    canvas.width = Math.round(box.width * sharp);
    canvas.height = Math.round(box.height * sharp);
    draw(canvas, canvas.width);
  }

  function store() {
    if (strokes.length === 0) {
      value.value = "";
      state.textContent = "还没有签名";
    } else {
      const picture = document.createElement("canvas");
      picture.width = OUT_WIDTH;
      picture.height = Math.round((OUT_WIDTH * canvas.height) / canvas.width);
      draw(picture, OUT_WIDTH);
      value.value = picture.toDataURL("image/png");
      state.textContent = "已经写下签名";
    }
    value.dispatchEvent(new Event("change", { bubbles: true }));
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    stroke = [at(event)];
    strokes.push(stroke);
    draw(canvas, canvas.width);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    stroke.push(...(moves.length ? moves : [event]).map(at));
    draw(canvas, canvas.width);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      if (!stroke) return;
      stroke = null;
      store();
    });
  }
  pad.querySelector("[data-signature-clear]").addEventListener("click", () => {
    strokes.length = 0;
    draw(canvas, canvas.width);
    store();
    canvas.focus();
  });
  new ResizeObserver(fit).observe(canvas);
  fit();
});
