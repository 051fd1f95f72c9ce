import type UPlot from 'uplot';
import type { Chart } from '../chart.ts';

/**
 * Draws the timeline: calls and 429s as bars against the limit, rows ended as a line. Runs in the reader's browser,
 * from its own source: it may use nothing but its argument and the page.
 *
 * @param library the chart library, as the page holds it
 */
export function startChart(library: typeof UPlot): void {
  const place = document.querySelector<HTMLElement>('#timeline-chart');
  const source = document.querySelector('#chart');
  if (place === null || source === null) return;
  const chart = JSON.parse(source.textContent) as Chart;
  if (chart.bars.length === 0) return;
  place.hidden = false;

  const paper = {
    ink: '#1a1f29',
    line: '#dfe3e9',
    calls: '#7fa6de',
    bad: '#c02b2b',
    limit: '#1a1f29',
  };
  const screen = () => {
    const style = getComputedStyle(document.documentElement);
    const of = (name: string) => style.getPropertyValue(name).trim();
    return {
      ink: of('--muted'),
      line: of('--line'),
      calls: of('--calls'),
      bad: of('--failed'),
      limit: of('--ink'),
    };
  };

  // Half a bar of room at both ends, so that the first and last bar are whole.
  const seconds = chart.bars.map((bar) => (bar.atMs + chart.barMs / 2) / 1000);
  const half = chart.barMs / 2000;
  const from = (seconds[0] ?? 0) - half;
  const to = (seconds.at(-1) ?? 0) + half;
  const data: UPlot.AlignedData = [
    seconds,
    chart.bars.map((bar) => bar.calls),
    chart.bars.map((bar) => bar.throttled),
    chart.bars.map((bar) => bar.failed + bar.unknown),
    chart.bars.map(() => chart.limit ?? null),
  ];
  const highest = Math.max(chart.limit ?? 0, ...chart.bars.map((bar) => bar.calls), 1);

  const days = to - from > 86_400;
  const timeLabel = (stamp: number) => {
    const iso = new Date(stamp * 1000).toISOString();
    if (days) return iso.slice(5, 16).replace('T', ' ');
    return stamp % 60 === 0 ? iso.slice(11, 16) : iso.slice(11, 19);
  };

  let drawn: UPlot | undefined;
  const draw = (palette: ReturnType<typeof screen>) => {
    drawn?.destroy();
    const bars = library.paths.bars?.({ size: [0.86, 90], align: 0 });
    const axis = {
      stroke: palette.ink,
      font: '12px system-ui, sans-serif',
      grid: { stroke: palette.line, width: 1 },
      ticks: { stroke: palette.line, width: 1 },
    };
    const series = (label: string, stroke: string, fill?: string): UPlot.Series => ({
      label,
      stroke,
      points: { show: false },
      value: (_, value: number | null) => (value === null ? '–' : value.toLocaleString('en-US')),
      ...(fill === undefined || bars === undefined ? {} : { fill, paths: bars, width: 0 }),
    });
    drawn = new library(
      {
        width: place.clientWidth,
        height: place.clientWidth < 500 ? 220 : 280,
        tzDate: (stamp) => library.tzDate(new Date(stamp * 1000), 'Etc/UTC'),
        scales: { x: { time: true, range: [from, to] }, y: { range: [0, highest * 1.08] } },
        axes: [
          { ...axis, values: (_, stamps) => stamps.map(timeLabel) },
          {
            ...axis,
            size: 60,
            values: (_, counts) => counts.map((n) => n.toLocaleString('en-US')),
          },
        ],
        series: [
          { label: 'UTC', value: '{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}' },
          series('Calls', palette.calls, palette.calls),
          series('429s', palette.bad, palette.bad),
          { ...series('Failed or unknown', palette.bad), width: 2 },
          { ...series('Limit', palette.limit), dash: [6, 4], width: 1.5 },
        ],
        cursor: { drag: { x: false, y: false } },
      },
      data,
      place,
    );
  };

  draw(screen());
  let width = place.clientWidth;
  new ResizeObserver(() => {
    if (place.clientWidth === width || place.clientWidth === 0) return;
    width = place.clientWidth;
    drawn?.setSize({ width, height: width < 500 ? 220 : 280 });
  }).observe(place);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => draw(screen()));
  addEventListener('beforeprint', () => draw(paper));
  addEventListener('afterprint', () => draw(screen()));
}
