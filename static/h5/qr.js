// A QR code as one SVG path. The library comes only when a code is wanted.

const SVG = "http://www.w3.org/2000/svg";
const LIBRARY = new URL("../vendor/uqr.mjs", import.meta.url).href;

/** The dark squares of a matrix as path data; runs in a row are one stroke. Pure. */
export function pathOf(rows) {
  let path = "";
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x += 1) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x += 1;
      path += `M${from} ${y}h${x - from + 1}v1H${from}z`;
    }
  });
  return path;
}

/** Draw `text`; `label` says to the ear what it is. */
export async function drawQr(text, label) {
  const { encode } = await import(LIBRARY);
  const { data, size } = encode(text, { ecc: "M", border: 0 });
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "qr");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.dataset.text = text;
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", pathOf(data));
  svg.append(path);
  return svg;
}
