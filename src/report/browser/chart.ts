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

  // The lanes of the waits stand under the plot: the style gives them the same room at both sides.
  const LEFT = 60;
  const RIGHT = 28;
  // CSS pixels of a sheet of A4 between its margins.
  const PAPER_WIDTH = 680;

  // The page's own colours, of whichever medium it is shown on.
  const colours = () => {
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
    ...(chart.limit === undefined ? [] : [chart.bars.map(() => chart.limit)]),
  ];
  const highest = Math.max(chart.limit ?? 0, ...chart.bars.map((bar) => bar.calls), 1);

  // Neither half a second nor half a call.
  const SECONDS = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800];
  const COUNTS = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((power) =>
    [1, 2, 5].map((step) => step * 10 ** (power - 1)),
  );
  const days = to - from > 86_400;
  const timeLabel = (stamp: number) => {
    const iso = new Date(stamp * 1000).toISOString();
    if (days) return iso.slice(5, 16).replace('T', ' ');
    return stamp % 60 === 0 ? iso.slice(11, 16) : iso.slice(11, 19);
  };

  const shadeWaits = (plot: UPlot, palette: ReturnType<typeof colours>) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.globalAlpha = 0.2;
    for (const wait of chart.waits) {
      const left = plot.valToPos(wait.fromMs / 1000, 'x', true);
      const right = plot.valToPos(wait.toMs / 1000, 'x', true);
      ctx.fillStyle = palette.wait(wait.cause);
      ctx.fillRect(left, bbox.top, Math.max(1, right - left), bbox.height);
    }
    ctx.restore();
  };

  // Three refusals beside five hundred calls are a bar nobody sees: a mark over the plot shows where they were.
  const markRefusals = (plot: UPlot, palette: ReturnType<typeof colours>) => {
    const { ctx, bbox } = plot;
    const size = 5 * devicePixelRatio;
    ctx.save();
    ctx.fillStyle = palette.bad;
    chart.bars.forEach((bar, i) => {
      if (bar.throttled === 0) return;
      const x = plot.valToPos(seconds[i] ?? from, 'x', true);
      ctx.beginPath();
      ctx.moveTo(x - size, bbox.top);
      ctx.lineTo(x + size, bbox.top);
      ctx.lineTo(x, bbox.top + 1.6 * size);
      ctx.fill();
    });
    ctx.restore();
  };

  let drawn: UPlot | undefined;
  const draw = (width: number) => {
    drawn?.destroy();
    const palette = colours();
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
      value: (_, value: number | null) => value?.toLocaleString('en-US') ?? '',
      ...(fill === undefined || bars === undefined ? {} : { fill, paths: bars, width: 0 }),
    });
    drawn = new library(
      {
        width,
        height: width < 500 ? 220 : 280,
        padding: [8, RIGHT, 0, 0],
        tzDate: (stamp) => library.tzDate(new Date(stamp * 1000), 'Etc/UTC'),
        scales: { x: { time: true, range: [from, to] }, y: { range: [0, highest * 1.08] } },
        axes: [
          {
            ...axis,
            space: days ? 100 : 75,
            incrs: SECONDS,
            values: (_, stamps) => stamps.map(timeLabel),
          },
          {
            ...axis,
            size: LEFT,
            incrs: COUNTS,
            values: (_, counts) => counts.map((n) => n.toLocaleString('en-US')),
          },
        ],
        series: [
          {
            label: 'UTC',
            value: (_, stamp: number | null) =>
              stamp === null
                ? ''
                : new Date((stamp - half) * 1000).toISOString().slice(0, 19).replace('T', ' '),
          },
          series('Calls', palette.calls, palette.calls),
          series('429s', palette.bad, palette.bad),
          { ...series('Failed or unknown', palette.bad), width: 2 },
          ...(chart.limit === undefined
            ? []
            : [{ ...series('Limit', palette.limit), dash: [6, 4], width: 1.5 }]),
        ],
        cursor: { drag: { x: false, y: false } },
        hooks: {
          drawAxes: [(plot) => shadeWaits(plot, palette)],
          draw: [(plot) => markRefusals(plot, palette)],
        },
      },
      data,
      place,
    );
  };

  draw(place.clientWidth);
  let width = place.clientWidth;
  new ResizeObserver(() => {
    if (place.clientWidth === width || place.clientWidth === 0) return;
    width = place.clientWidth;
    drawn?.setSize({ width, height: width < 500 ? 220 : 280 });
  }).observe(place);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => draw(width));
  const root = document.documentElement;
  addEventListener('beforeprint', () => {
    root.dataset['paper'] = '';
    draw(PAPER_WIDTH);
  });
  addEventListener('afterprint', () => {
    delete root.dataset['paper'];
    draw(place.clientWidth);
  });
}
