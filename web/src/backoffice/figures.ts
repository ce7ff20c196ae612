// Draws the charts of a page from the tables behind them: the table is the data, the picture is another view of it.

import { drawChart } from "./charts";
import type { ChartOption } from "./charts";

/** The colours of the style sheet, read when a chart is drawn, so that charts are by day or by night like their page. */
function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return { leaf: of("--figure-dark"), light: of("--figure-light"), ink: of("--ink"), soft: of("--ink-soft"), rule: of("--rule-soft") };
}
const FUNNEL_SHARES = [0.3, 0.45, 0.65, 0.85, 1];
const MINOR_PER_MAJOR = 100;

/** Draws what `data-chart` names into the places that the figure offers; an empty table draws nothing. */
export function drawFigure(figure: HTMLElement): void {
  const table = figure.querySelector("table");
  const title = figure.querySelector("h2")?.textContent?.trim() ?? "";
  if (!table) return;
  if (figure.dataset["chart"] === "trend") drawTrend(figure, table, title);
  if (figure.dataset["chart"] === "funnel") drawFunnel(figure, table, title);
}

interface Row {
  name: string;
  key: string;
  values: number[];
  shown: string[];
}

function readRows(table: HTMLTableElement, part: "tbody" | "tfoot"): Row[] {
  return [...table.querySelectorAll<HTMLTableRowElement>(`${part} > tr`)].map((row) => {
    const head = row.querySelector("th");
    const cells = [...row.querySelectorAll<HTMLElement>("td[data-value]")];
    return {
      name: head?.textContent?.trim() ?? "",
      key: head?.dataset["value"] ?? "",
      values: cells.map((cell) => Number(cell.dataset["value"])),
      shown: cells.map((cell) => cell.textContent?.trim() ?? ""),
    };
  });
}

function place(figure: HTMLElement, plot?: string): HTMLElement | null {
  return figure.querySelector<HTMLElement>(plot === undefined ? ".chart" : `.chart[data-plot="${plot}"]`);
}

function drawTrend(figure: HTMLElement, table: HTMLTableElement, title: string): void {
  const target = place(figure);
  const rows = readRows(table, "tbody");
  if (!target || rows.length === 0) return;
  const [visits = "", orders = "", sales = ""] = [...table.querySelectorAll("thead th")]
    .slice(1)
    .map((cell) => cell.textContent?.trim() ?? "");
  const column = (index: number) => rows.map((row) => row.values[index] ?? 0);
  // The last day is not over: a line down to what has come by now would look like a fall.
  const visitors = column(0).map((people, index) => (index === rows.length - 1 && rows.length > 1 ? null : people));
  const option: ChartOption = {
    ...frame(),
    // What the bars are and what the line is stands above them; each has its scale at its side.
    color: [colours().light, colours().leaf],
    tooltip: {
      trigger: "axis",
      formatter: (points) => {
        const first = Array.isArray(points) ? points[0] : points;
        const row = rows[first?.dataIndex ?? 0];
        return row ? `${row.name}\n${visits} ${row.shown[0]}\n${orders} ${row.shown[1]}\n${sales} ${row.shown[2]}` : "";
      },
    },
    xAxis: { type: "category", data: rows.map((row) => row.key.slice(5).replace("-", "/")), ...axis(), axisTick: { show: false } },
    yAxis: [
      { type: "value", ...axis() },
      { type: "value", ...axis(), splitLine: { show: false } },
    ],
    series: [
      { name: sales, type: "bar", yAxisIndex: 0, data: column(2).map((minor) => minor / MINOR_PER_MAJOR), barMaxWidth: 18 },
      { name: visits, type: "line", yAxisIndex: 1, data: visitors, symbol: "none" },
    ],
  };
  drawChart(target, title, option);
}

function drawFunnel(figure: HTMLElement, table: HTMLTableElement, title: string): void {
  const points = (table.dataset["points"] ?? "").split("|");
  const total = readRows(table, "tfoot")[0];
  const funnel = place(figure, "funnel");
  if (funnel && total) {
    const widths = points.map((_, index) => width(total.values[index] ?? 0));
    const widest = Math.max(...widths, 1);
    const narrowest = Math.min(...widths);
    drawChart(funnel, title, {
      color: FUNNEL_SHARES.map(() => colours().leaf),
      tooltip: { trigger: "item", formatter: (point) => (Array.isArray(point) ? "" : pointLabel(total, points, point.dataIndex)) },
      series: [
        {
          type: "funnel",
          sort: "none",
          top: 8,
          bottom: 8,
          left: 8,
          right: 150,
          gap: 2,
          min: narrowest,
          max: widest,
          minSize: `${(100 * narrowest) / widest}%`,
          label: { position: "right", color: colours().soft, formatter: (point) => pointLabel(total, points, point.dataIndex) },
          labelLine: { length: 12, lineStyle: { color: colours().rule } },
          // A part takes its words along into its opacity, unless they are told otherwise.
          data: points.map((name, index) => ({ name, value: widths[index] ?? 0, itemStyle: { opacity: FUNNEL_SHARES[index] ?? 1, borderWidth: 0 }, label: { opacity: 1, color: colours().ink } })),
        },
      ],
    });
  }
  drawSources(figure, table, points, title);
}

/** Of each source, how many people ordered and how many paid. */
function drawSources(figure: HTMLElement, table: HTMLTableElement, points: string[], title: string): void {
  const target = place(figure, "sources");
  const rows = readRows(table, "tbody").reverse();
  if (!target || rows.length === 0) return;
  // Every source has its name beside its bars, however many there are.
  target.style.height = `max(15rem, ${rows.length * 1.75 + 3}rem)`;
  const bars = [3, 4].map((index) => ({ index, name: points[index] ?? "" }));
  drawChart(target, title, {
    ...frame(),
    color: [colours().light, colours().leaf],
    tooltip: {
      trigger: "axis",
      formatter: (hits) => {
        const first = Array.isArray(hits) ? hits[0] : hits;
        const row = rows[first?.dataIndex ?? 0];
        return row ? [row.name, ...bars.map(({ index, name }) => `${name} ${row.shown[index]}`)].join("\n") : "";
      },
    },
    xAxis: { type: "value", ...axis() },
    yAxis: {
      type: "category",
      data: rows.map((row) => row.name),
      ...axis(),
      axisLabel: { color: colours().soft, interval: 0 },
      axisTick: { show: false },
    },
    series: bars.map(({ index, name }) => ({ name, type: "bar", data: rows.map((row) => row.values[index] ?? 0), barGap: 0 })),
  });
}

/** From impressions to payments is three orders of magnitude: on a plain scale all but the first would be a needle. */
function width(people: number): number {
  return Math.log10(1 + people);
}

function pointLabel(row: Row, points: string[], index: number): string {
  return `${points[index] ?? ""}  ${row.shown[index] ?? ""}`;
}

function frame(): Pick<ChartOption, "grid" | "legend"> {
  return {
    grid: { left: 8, right: 8, top: 34, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 8, textStyle: { color: colours().soft } },
  };
}

function axis() {
  return {
    axisLabel: { color: colours().soft, hideOverlap: true },
    axisLine: { lineStyle: { color: colours().rule } },
    splitLine: { lineStyle: { color: colours().rule } },
  };
}
