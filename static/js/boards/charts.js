/**
 * The pictures of a board, drawn from `data-chart`. The names of the lines stand above as words of
 * the page, the table below says the same; no tooltip, which would need a style of its own.
 */
const DASHES = ["solid", "dashed", "dotted"];
const SIGNS = ["circle", "rect", "triangle"];
const PAPER = { width: 620, height: 260 };

for (const place of document.querySelectorAll("[data-chart]")) draw(place);

/** @param {HTMLElement} place */
function draw(place) {
  const style = getComputedStyle(place);
  const token = (name) => style.getPropertyValue(name).trim();
  const picture = window.echarts.init(place);
  picture.setOption(options(JSON.parse(place.dataset.chart), token, style.fontFamily));
  new ResizeObserver(() => picture.resize()).observe(place);
  addEventListener("beforeprint", () => picture.resize(PAPER));
  addEventListener("afterprint", () => picture.resize({ width: "auto", height: "auto" }));
}

addEventListener("beforeprint", () => {
  for (const table of document.querySelectorAll(".chart__table")) table.open = true;
});

function options(chart, token, fontFamily) {
  const ink = token("--ink-soft");
  const axis = { axisLabel: { color: ink, hideOverlap: true }, axisLine: { lineStyle: { color: token("--line-strong") } } };
  return {
    animation: false,
    textStyle: { fontFamily, color: token("--ink") },
    color: [token("--accent"), token("--waiting-line"), token("--returned-line")],
    grid: { left: 8, right: 24, top: 32, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: chart.labels, ...axis },
    yAxis: {
      type: "value",
      name: chart.unit,
      nameTextStyle: { color: ink, align: "left" },
      min: 0,
      max: chart.most ?? undefined,
      minInterval: chart.unit === "%" ? undefined : 1,
      splitLine: { lineStyle: { color: token("--line") } },
      ...axis,
    },
    series: chart.series.map((one, place) => series(one, place, chart)),
  };
}

function series(one, place, chart) {
  return {
    name: one.name,
    type: chart.kind,
    data: one.values,
    stack: chart.stacked ? "all" : undefined,
    barMaxWidth: 40,
    symbol: SIGNS[place],
    symbolSize: 8,
    lineStyle: { width: 2.5, type: DASHES[place] },
    label: { show: chart.kind === "bar" && !chart.stacked, position: "top" },
  };
}
