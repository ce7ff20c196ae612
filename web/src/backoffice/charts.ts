// Charts of the back office. Loaded with `import("./charts")` by pages that have one, because it is larger than
// everything else together; it holds only the kinds of chart that pages draw.

import { BarChart, FunnelChart, LineChart } from "echarts/charts";
import type { BarSeriesOption, FunnelSeriesOption, LineSeriesOption } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import type {
  AriaComponentOption,
  GridComponentOption,
  LegendComponentOption,
  TooltipComponentOption,
} from "echarts/components";
import { init, use } from "echarts/core";
import type { ComposeOption, EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([
  BarChart,
  FunnelChart,
  LineChart,
  AriaComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  CanvasRenderer,
]);

/** What a page may ask for: lines, bars, funnels and what stands around them. */
export type ChartOption = ComposeOption<
  | BarSeriesOption
  | FunnelSeriesOption
  | LineSeriesOption
  | AriaComponentOption
  | GridComponentOption
  | LegendComponentOption
  | TooltipComponentOption
>;

/**
 * Draws a chart into `element` and keeps it as wide as the element.
 *
 * `description` is what a screen reader says in place of the picture; it comes from the page, in the page's language.
 */
export function drawChart(element: HTMLElement, description: string, option: ChartOption): EChartsType {
  const chart = init(element);
  const stillness = matchMedia("(prefers-reduced-motion: reduce)").matches;
  chart.setOption({
    animation: !stillness,
    ...option,
    aria: { enabled: true, label: { description } },
    // The HTML tooltip is built with style attributes, which the content security policy refuses.
    tooltip: { ...option.tooltip, renderMode: "richText" },
  });
  new ResizeObserver(() => chart.resize()).observe(element);
  return chart;
}
