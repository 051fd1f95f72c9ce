import UPlot from 'uplot';
import type { Chart } from '../chart.ts';
import { embedded } from './page-parts.ts';

// The lanes of the waits are below the plot, and the style leaves the same space at both sides of them.
const LEFT_PX = 60;
const RIGHT_PX = 28;
/** The width of an A4 sheet between its margins. CSS pixels. */
const PAPER_PX = 680;
/** Steps of the axes, never half a second or half a call. */
const SECONDS = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800];
const COUNTS = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((power) =>
  [1, 2, 5].map((step) => step * 10 ** (power - 1)),
);

/** Returns the page's own colors, for screen or paper. */
function pageColours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: of('--muted'),
    line: of('--line'),
    calls: of('--calls'),
    bad: of('--failed'),
    limit: of('--ink'),
    wait: (cause: string) => of(`--wait-${cause}`),
  };
}

type Colours = ReturnType<typeof pageColours>;

/** Returns the middle of a bar, in seconds. */
function middleOf(chart: Chart, bar: Chart['bars'][number]): number {
  return (bar.atMs + chart.barMs / 2) / 1000;
}

/** From half a bar before the first to half a bar after the last, so that both are complete. Seconds. */
function spanOf({ bars, barMs }: Chart): readonly [number, number] {
  return [(bars[0]?.atMs ?? 0) / 1000, ((bars.at(-1)?.atMs ?? 0) + barMs) / 1000];
}

function shadeWaits(drawn: UPlot, chart: Chart, colours: Colours): void {
  const { ctx, bbox } = drawn;
  ctx.save();
  ctx.globalAlpha = 0.2;
  for (const wait of chart.waits) {
    const left = drawn.valToPos(wait.fromMs / 1000, 'x', true);
    const right = drawn.valToPos(wait.toMs / 1000, 'x', true);
    ctx.fillStyle = colours.wait(wait.cause);
    ctx.fillRect(left, bbox.top, Math.max(1, right - left), bbox.height);
  }
  ctx.restore();
}

/** Marks refusals above the plot, because three of them next to five hundred calls would be an invisible bar. */
function markRefusals(drawn: UPlot, chart: Chart, colours: Colours): void {
  const { ctx, bbox } = drawn;
  const size = 5 * devicePixelRatio;
  ctx.save();
  ctx.fillStyle = colours.bad;
  for (const bar of chart.bars) {
    if (bar.throttled === 0) continue;
    const x = drawn.valToPos(middleOf(chart, bar), 'x', true);
    ctx.beginPath();
    ctx.moveTo(x - size, bbox.top);
    ctx.lineTo(x + size, bbox.top);
    ctx.lineTo(x, bbox.top + 1.6 * size);
    ctx.fill();
  }
  ctx.restore();
}

function axesOf(chart: Chart, colours: Colours): UPlot.Axis[] {
  const [from, to] = spanOf(chart);
  const days = to - from > 86_400;
  const timeLabel = (stamp: number) => {
    const iso = new Date(stamp * 1000).toISOString();
    if (days) return iso.slice(5, 16).replace('T', ' ');
    return stamp % 60 === 0 ? iso.slice(11, 16) : iso.slice(11, 19);
  };
  const axis: UPlot.Axis = {
    stroke: colours.ink,
    font: '12px system-ui, sans-serif',
    grid: { stroke: colours.line, width: 1 },
    ticks: { stroke: colours.line, width: 1 },
  };
  return [
    {
      ...axis,
      space: days ? 100 : 75,
      incrs: SECONDS,
      values: (_, stamps) => stamps.map(timeLabel),
    },
    {
      ...axis,
      size: LEFT_PX,
      incrs: COUNTS,
      values: (_, counts) => counts.map((n) => n.toLocaleString('en-US')),
    },
  ];
}

function seriesOf(chart: Chart, colours: Colours): UPlot.Series[] {
  const bars = UPlot.paths.bars?.({ size: [0.86, 90], align: 0 });
  const line = (label: string, stroke: string): UPlot.Series => ({
    label,
    stroke,
    points: { show: false },
    value: (_, value: number | null) => value?.toLocaleString('en-US') ?? '',
  });
  const filled = (label: string, colour: string): UPlot.Series => ({
    ...line(label, colour),
    ...(bars === undefined ? {} : { fill: colour, paths: bars, width: 0 }),
  });
  const begin = (stamp: number) => new Date(stamp * 1000 - chart.barMs / 2).toISOString();
  return [
    {
      label: 'UTC',
      value: (_, stamp: number | null) =>
        stamp === null ? '' : begin(stamp).slice(0, 19).replace('T', ' '),
    },
    filled('Calls', colours.calls),
    filled('429s', colours.bad),
    { ...line('Failed or unknown', colours.bad), width: 2 },
    ...(chart.limit === undefined
      ? []
      : [{ ...line('Limit', colours.limit), dash: [6, 4], width: 1.5 }]),
  ];
}

function dataOf(chart: Chart): UPlot.AlignedData {
  const { bars, limit } = chart;
  return [
    bars.map((bar) => middleOf(chart, bar)),
    bars.map((bar) => bar.calls),
    bars.map((bar) => bar.throttled),
    bars.map((bar) => bar.failed + bar.unknown),
    ...(limit === undefined ? [] : [bars.map(() => limit)]),
  ];
}

const heightOf = (width: number) => (width < 500 ? 220 : 280);

function plot(chart: Chart, width: number, place: HTMLElement): UPlot {
  const colours = pageColours();
  const [from, to] = spanOf(chart);
  const highest = Math.max(chart.limit ?? 0, ...chart.bars.map((bar) => bar.calls), 1);
  return new UPlot(
    {
      width,
      height: heightOf(width),
      padding: [8, RIGHT_PX, 0, 0],
      tzDate: (stamp) => UPlot.tzDate(new Date(stamp * 1000), 'Etc/UTC'),
      scales: { x: { time: true, range: [from, to] }, y: { range: [0, highest * 1.08] } },
      axes: axesOf(chart, colours),
      series: seriesOf(chart, colours),
      cursor: { drag: { x: false, y: false } },
      hooks: {
        drawAxes: [(drawn) => shadeWaits(drawn, chart, colours)],
        draw: [(drawn) => markRefusals(drawn, chart, colours)],
      },
    },
    dataOf(chart),
    place,
  );
}

/** Draws the timeline: calls and 429s as bars with the limit, failures as a line. Draws it again for paper and dark mode. */
export function startChart(): void {
  const place = document.querySelector<HTMLElement>('#timeline-chart');
  if (place === null || document.querySelector('#chart') === null) return;
  const chart = embedded('#chart') as Chart;
  if (chart.bars.length === 0) return;
  place.hidden = false;

  let width = place.clientWidth;
  let drawn = plot(chart, width, place);
  const redraw = (widthPx: number) => {
    drawn.destroy();
    drawn = plot(chart, widthPx, place);
  };
  new ResizeObserver(() => {
    if (place.clientWidth === width || place.clientWidth === 0) return;
    width = place.clientWidth;
    drawn.setSize({ width, height: heightOf(width) });
  }).observe(place);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => redraw(width));
  const root = document.documentElement;
  addEventListener('beforeprint', () => {
    root.dataset['paper'] = '';
    redraw(PAPER_PX);
  });
  addEventListener('afterprint', () => {
    delete root.dataset['paper'];
    redraw(place.clientWidth);
  });
}
