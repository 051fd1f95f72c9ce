import type { ServerClock } from './pacing-clock.ts';

/** A closed range of times or lengths in milliseconds. */
export interface Span {
  readonly loMs: number;
  readonly hiMs: number;
}

/** One way in which windows may follow each other, and how well it has foretold them. */
export interface Theory {
  readonly span: Span | undefined;
  readonly hits: number;
  readonly misses: number;
}

/**
 * What past windows have taught. `grid`: windows end a constant time after the instant their reset header names
 * (the span is reset − monotonic end, so it holds the clock's offset and the header's rounding at once). `firstCall`: windows
 * end a constant time after the first call in them (the span is their length, a whole number of seconds).
 */
export interface Lessons {
  readonly grid: Theory;
  readonly firstCall: Theory;
  readonly epoch: number;
}

/** The edges of a window, in monotonic time, as far as they are known. */
export interface Edges {
  readonly resetMs: number;
  /** When the window opened, where its opening was seen. */
  readonly opened: Span | undefined;
  /** The window was still the same when a call sent at this time arrived. */
  readonly heldMs: number;
}

export interface Forecast {
  /** From here on the next window is open, as far as headers and lessons go. */
  readonly sureMs: number;
  /** The times before it at which one call is worth sending, ascending. `due`: the header's own instant, which nothing has contradicted yet. */
  readonly tries: readonly { readonly atMs: number; readonly due: boolean }[];
  /** The theories behind `sureMs` have foretold an opening before: no single call need go first. */
  readonly proven: boolean;
}

const SECOND_MS = 1000;
/** A server that counts whole milliseconds is one late; a timer may be one early. */
const GUARD_MS = 3;
/** Tries closer together than this are one. */
const MERGE_MS = 40;
const SLACK_MS = 5;
/** Where to look for the first end, seconds from the header's own instant: it was cut, rounded or raised to that. */
const UNTAUGHT_PARTS = [-1 / 2, 0, 1 / 3, 2 / 3];

const UNTAUGHT: Theory = { span: undefined, hits: 0, misses: 0 };

export function noLessons(epoch: number): Lessons {
  return { grid: UNTAUGHT, firstCall: UNTAUGHT, epoch };
}

/** Foretells the end of a window; undefined when it has outlived all that its header can mean. */
export function forecast(lessons: Lessons, edges: Edges, clock: ServerClock): Forecast | undefined {
  const bounds = boundsOf(lessons, edges.resetMs, clock);
  if (edges.heldMs + GUARD_MS >= bounds.hiMs) return undefined;
  const clip = (span: Span): Span | undefined => {
    const loMs = Math.max(span.loMs, bounds.loMs, edges.heldMs);
    const hiMs = Math.min(span.hiMs, bounds.hiMs);
    return loMs < hiMs ? { loMs, hiMs } : undefined;
  };
  const { grid, firstCall } = lessons;
  const taught = grid.span && clip(from(edges.resetMs, grid.span));
  const gridSpan = taught ?? clip(bounds) ?? bounds;
  const lengths = edges.opened === undefined ? [] : ends(edges.opened, firstCall, bounds);
  const calls = lengths.filter((end) => end > edges.heldMs + GUARD_MS);
  const leastMisses = calls.length === 0 ? grid.misses : Math.min(grid.misses, firstCall.misses);
  const useGrid = grid.misses === leastMisses;
  const useCalls = calls.length > 0 && firstCall.misses === leastMisses;

  // A theory that has never been tested gives tries, but does not delay one that has.
  const bindCalls = useCalls && !(useGrid && taught !== undefined && firstCall.span === undefined);

  const sureMs = Math.max(useGrid ? gridSpan.hiMs : -Infinity, ...(bindCalls ? calls : []));
  const headerMs = edges.resetMs - clock.loMs;
  const tries: number[] = [];
  if (useGrid) {
    if (headerMs > gridSpan.loMs) tries.push(headerMs);
    if (taught === undefined) {
      // Our own clock errs to either side: it is most likely right.
      const likelyMs = clock.epoch < 0 ? edges.resetMs - (clock.loMs + clock.hiMs) / 2 : headerMs;
      for (const part of UNTAUGHT_PARTS) tries.push(likelyMs + part * SECOND_MS);
    } else {
      tries.push(taught.hiMs);
      // Each window halves what is unknown of the grid's phase.
      if (taught.hiMs - taught.loMs > 4 * MERGE_MS) tries.push((taught.hiMs + taught.loMs) / 2);
    }
  }
  if (useCalls) tries.push(...calls);
  return {
    sureMs: sureMs + GUARD_MS,
    tries: merge(tries.filter((at) => at > edges.heldMs + MERGE_MS && at < sureMs - MERGE_MS)).map(
      (at) => ({
        atMs: at + GUARD_MS,
        due: at === headerMs && grid.span === undefined,
      }),
    ),
    proven:
      (!useGrid || (taught !== undefined && grid.hits > 0)) && (!useCalls || firstCall.hits > 0),
  };
}

/** Learns from an opening: the window of `edges` had ended when an answer of the next one came at `seenMs`. */
export function learn(lessons: Lessons, edges: Edges, clock: ServerClock, seenMs: number): Lessons {
  const known = lessons.epoch === clock.epoch ? lessons : noLessons(clock.epoch);
  const bounds = boundsOf(known, edges.resetMs, clock);
  let loMs = Math.max(edges.heldMs, bounds.loMs);
  let hiMs = Math.min(seenMs, bounds.hiMs);
  if (loMs >= hiMs) {
    if (clock.epoch >= 0 || edges.heldMs >= seenMs) return known;
    // It is our own clock that is wrong.
    loMs = edges.heldMs;
    hiMs = seenMs;
  }
  const grid = teach(known.grid, { loMs: edges.resetMs - hiMs, hiMs: edges.resetMs - loMs });
  if (edges.opened === undefined) return { ...known, grid };
  const length = { loMs: loMs - edges.opened.hiMs, hiMs: hiMs - edges.opened.loMs };
  const firstCall = teach(known.firstCall, length);
  const whole = firstCall.span === undefined || wholeSeconds(firstCall.span).length > 0;
  return {
    grid,
    firstCall: whole ? firstCall : { ...firstCall, hits: 0, misses: known.firstCall.misses + 1 },
    epoch: clock.epoch,
  };
}

/** Where the end of a window can lie. An end that was seen tells more than a clock that is only assumed. */
function boundsOf({ grid }: Lessons, resetMs: number, clock: ServerClock): Span {
  if (clock.epoch >= 0 || grid.span === undefined) return headerBounds(resetMs, clock);
  const { loMs, hiMs } = from(resetMs, grid.span);
  return { loMs: loMs - SECOND_MS, hiMs: hiMs + SECOND_MS };
}

/** A header in whole seconds may have been cut, rounded, or raised: the end lies within a second of it. */
function headerBounds(resetMs: number, clock: ServerClock): Span {
  return { loMs: resetMs - SECOND_MS - clock.hiMs, hiMs: resetMs + SECOND_MS - clock.loMs };
}

function from(resetMs: number, span: Span): Span {
  return { loMs: resetMs - span.hiMs, hiMs: resetMs - span.loMs };
}

/** The times at which a window opened by its first call has ended: whole seconds after it, and no later than its header can mean. */
function ends(opened: Span, theory: Theory, bounds: Span): readonly number[] {
  const possible = { loMs: bounds.loMs - opened.hiMs, hiMs: bounds.hiMs - opened.loMs };
  const span = theory.span ?? possible;
  const whole = wholeSeconds(span).filter((length) => opened.loMs + length <= bounds.hiMs + 1);
  return (whole.length > 0 ? whole : [span.hiMs]).map((length) =>
    Math.min(opened.hiMs + length, bounds.hiMs),
  );
}

function wholeSeconds(span: Span): readonly number[] {
  const lengths: number[] = [];
  const first = Math.max(1, Math.ceil((span.loMs - SLACK_MS) / SECOND_MS));
  // More than a handful means that nothing is known; then no single length is worth a try.
  for (let n = first; n * SECOND_MS <= span.hiMs + SLACK_MS && lengths.length < 4; n += 1) {
    lengths.push(n * SECOND_MS);
  }
  return lengths;
}

function teach(theory: Theory, seen: Span): Theory {
  const old = theory.span;
  if (old === undefined) return { span: seen, hits: 1, misses: theory.misses };
  const loMs = Math.max(old.loMs - SLACK_MS, seen.loMs);
  const hiMs = Math.min(old.hiMs + SLACK_MS, seen.hiMs);
  return loMs <= hiMs
    ? { span: { loMs, hiMs }, hits: theory.hits + 1, misses: theory.misses }
    : { span: seen, hits: 0, misses: theory.misses + 1 };
}

function merge(times: readonly number[]): readonly number[] {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted.filter((at, index) => (sorted[index + 1] ?? Infinity) - at > MERGE_MS);
}
