import type { Estimate } from '../domain/plan/preview.ts';
import type { Timeline, TimeSlot } from '../domain/run/timeline.ts';
import type { WaitSpan } from '../domain/run/wait.ts';

/** A run over time, as bars of equal length. */
export interface Chart {
  readonly barMs: number;
  /** The most calls that a bar can have by the limit that Okta stated, if that is known. */
  readonly limit: number | undefined;
  readonly bars: readonly ChartBar[];
  /** When calls waited, within the time of the bars. */
  readonly waits: readonly WaitSpan[];
}

export interface ChartBar {
  readonly atMs: number;
  readonly calls: number;
  readonly throttled: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly unknown: number;
  readonly waitedMs: number;
}

const MAX_BARS = 120;

/** A bar as it is counted from slots. Waits are added later. */
type CountedBar = Omit<ChartBar, 'waitedMs'>;

function bar(slots: readonly TimeSlot[], atMs: number): CountedBar {
  const sum = (name: keyof TimeSlot) => slots.reduce((total, slot) => total + slot[name], 0);
  return {
    atMs,
    calls: sum('calls'),
    throttled: sum('throttled'),
    succeeded: sum('succeeded'),
    failed: sum('failed'),
    unknown: sum('unknown'),
  };
}

function grouped(slots: readonly TimeSlot[], size: number, offset: number, slotMs: number) {
  const bars: CountedBar[] = [];
  const firstMs = slots[0]?.atMs ?? 0;
  for (let from = -offset; from < slots.length; from += size) {
    bars.push(bar(slots.slice(Math.max(0, from), from + size), firstMs + from * slotMs));
  }
  return bars;
}

/** Returns the part of a span between two times; undefined if there is none. */
function cut(span: WaitSpan, fromMs: number, toMs: number): WaitSpan | undefined {
  const from = Math.max(span.fromMs, fromMs);
  const to = Math.min(span.toMs, toMs);
  if (to <= from) return undefined;
  const share = (to - from) / (span.toMs - span.fromMs);
  return { ...span, fromMs: from, toMs: to, waitedMs: span.waitedMs * share };
}

function withWaits(
  timeline: Timeline,
  chart: Pick<Chart, 'barMs' | 'limit'> & { readonly bars: readonly CountedBar[] },
): Chart {
  const { barMs, bars } = chart;
  const within = (fromMs: number, toMs: number) =>
    timeline.waits().flatMap((span) => cut(span, fromMs, toMs) ?? []);
  const fromMs = bars[0]?.atMs ?? 0;
  return {
    ...chart,
    waits: within(fromMs, (bars.at(-1)?.atMs ?? fromMs) + barMs),
    bars: bars.map((counted) => ({
      ...counted,
      waitedMs: Math.round(
        within(counted.atMs, counted.atMs + barMs).reduce((sum, { waitedMs }) => sum + waitedMs, 0),
      ),
    })),
  };
}

/**
 * Groups a timeline into at most 120 bars. If the limit is known, a bar is one or more complete windows long, and bars begin
 * where Okta's windows seem to begin, which is the offset with the lowest peak. The calls of a window come in a burst, and a
 * bar that begins elsewhere would count them together with the next burst.
 */
export function chartOf(
  timeline: Timeline,
  estimate: Pick<Estimate, 'limitPerWindow' | 'windowMs'>,
): Chart {
  const slots = timeline.slots();
  const { slotMs } = timeline;
  const { limitPerWindow, windowMs } = estimate;
  const fewest = Math.max(1, Math.ceil(slots.length / MAX_BARS));
  const perWindow = windowMs / slotMs;
  if (limitPerWindow === undefined || perWindow <= 0 || slots.length < perWindow * 2) {
    const bars = grouped(slots, fewest, 0, slotMs);
    return withWaits(timeline, { barMs: fewest * slotMs, limit: undefined, bars });
  }
  const size = Math.round(Math.ceil(fewest / perWindow) * perWindow);
  let best: CountedBar[] | undefined;
  let lowest = Infinity;
  for (let offset = 0; offset < size; offset += 1) {
    const bars = grouped(slots, size, offset, slotMs);
    const peak = Math.max(...bars.map(({ calls }) => calls));
    if (peak >= lowest) continue;
    lowest = peak;
    best = bars;
  }
  const limit = Math.round((limitPerWindow * size * slotMs) / windowMs);
  return withWaits(timeline, { barMs: size * slotMs, limit, bars: best ?? [] });
}
