import type { Clock } from '../../src/domain/clock.ts';
import type { Pause, Permit, RateObservation } from '../../src/domain/org/pacing.ts';
import { createPacing } from '../../src/pacing/pacing.ts';
import type { PacingOptions } from '../../src/pacing/gate.ts';
import { createServerClock } from '../../src/okta/http/server-clock.ts';

/** An org's windows, its network, and the rivals in it, all in virtual time. */
export interface SimulatedOrg {
  readonly limit: number;
  readonly windowMs: number;
  readonly by: 'grid' | 'first-call';
  /** Where the grid is, in ms after a whole multiple of the window. */
  readonly phaseMs?: number;
  readonly rounding: 'floor' | 'round' | 'ceil';
  readonly latencyMs: number;
  readonly serviceMs?: number;
  /** The most calls at once, over the whole org. More are refused with limit 0. */
  readonly slots?: number;
  /** Others fill the org's slots: this percentage of our calls is refused with limit 0, until this long after the start. */
  readonly crowd?: { readonly percent: number; readonly untilMs: number };
  /** Calls of another process of ours, this long before the run: they opened the window that the run finds. */
  readonly before?: { readonly agoMs: number; readonly calls: number };
  /** Each window ends up to this much later than it should, because a server turns them with a timer. */
  readonly lateMs?: number;
  /** Percent of the limit that others take per window, evenly over it. */
  readonly rivalPercent?: number;
  /** They come at random instead, this many at once. */
  readonly rivalsAtOnce?: number;
  /** Epoch ms at which the run starts, by the server. */
  readonly startsAtMs: number;
  /** Changes what an answer says: lost headers, contradictions. */
  readonly distort?: (observation: RateObservation, call: number) => RateObservation | undefined;
}

export interface SimulatedRun {
  readonly makespanMs: number;
  readonly windowRefusals: number;
  readonly slotRefusals: number;
  readonly done: number;
  /** Our accepted calls per true window. */
  readonly perWindow: readonly number[];
  readonly starts: readonly number[];
  readonly mostInFlight: number;
  readonly pauses: readonly Pause[];
}

export const EPOCH_MS = 1_700_000_000_000;

/** A small seeded source of chance. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Moment {
  readonly atMs: number;
  readonly run: () => void;
}

/** A heap of moments; equal ones run in the order they were added. */
function timeline() {
  const heap: { moment: Moment; order: number }[] = [];
  let order = 0;
  const before = (a: number, b: number) => {
    const x = heap[a]!;
    const y = heap[b]!;
    return x.moment.atMs < y.moment.atMs || (x.moment.atMs === y.moment.atMs && x.order < y.order);
  };
  const swap = (a: number, b: number) => ([heap[a], heap[b]] = [heap[b]!, heap[a]!]);
  return {
    add: (atMs: number, run: () => void) => {
      heap.push({ moment: { atMs, run }, order: order++ });
      for (let at = heap.length - 1; at > 0 && before(at, (at - 1) >> 1); at = (at - 1) >> 1) {
        swap(at, (at - 1) >> 1);
      }
    },
    next: (): Moment | undefined => {
      const top = heap[0];
      const last = heap.pop();
      if (top === undefined || last === undefined) return undefined;
      if (heap.length > 0) {
        heap[0] = last;
        for (let at = 0; ;) {
          let least = at;
          if (2 * at + 1 < heap.length && before(2 * at + 1, least)) least = 2 * at + 1;
          if (2 * at + 2 < heap.length && before(2 * at + 2, least)) least = 2 * at + 2;
          if (least === at) break;
          swap(at, least);
          at = least;
        }
      }
      return top.moment;
    },
  };
}

/** The org's side: counts calls in its true windows and writes headers in whole seconds. */
function createOrg(org: SimulatedOrg, random: () => number) {
  let endMs = -Infinity;
  let used = 0;
  let ours = 0;
  let inside = 0;
  let lateMs = 0;
  const perWindow: number[] = [];
  const turn = (serverMs: number) => {
    if (serverMs < endMs + lateMs) return;
    if (org.lateMs !== undefined) lateMs = Math.floor(random() * (org.lateMs + 1));
    if (endMs !== -Infinity) perWindow.push(ours);
    const phase = org.phaseMs ?? 0;
    endMs =
      org.by === 'grid'
        ? (Math.floor((serverMs - phase) / org.windowMs) + 1) * org.windowMs + phase
        : serverMs + org.windowMs;
    used = 0;
    ours = 0;
  };
  const round = { floor: Math.floor, round: Math.round, ceil: Math.ceil }[org.rounding];
  const take = (serverMs: number, mine: boolean): number => {
    turn(serverMs);
    if (used >= org.limit) return 429;
    used += 1;
    if (mine) ours += 1;
    return 200;
  };
  return {
    perWindow: () => [...perWindow, ours],
    rival: (serverMs: number) => take(Math.floor(serverMs), false),
    enter: (exactMs: number): RateObservation => {
      const serverMs = Math.floor(exactMs);
      const serverDateMs = Math.floor(serverMs / 1000) * 1000;
      const crowded =
        org.crowd !== undefined &&
        exactMs - org.startsAtMs < org.crowd.untilMs &&
        random() * 100 < org.crowd.percent;
      if (crowded || (org.slots !== undefined && inside >= org.slots)) {
        return {
          status: 429,
          limit: 0,
          remaining: 0,
          resetMs: serverDateMs + 113_000,
          serverDateMs,
        };
      }
      inside += 1;
      const status = take(serverMs, true);
      return {
        status,
        limit: org.limit,
        remaining: org.limit - used,
        resetMs: round(endMs / 1000) * 1000,
        serverDateMs,
      };
    },
    leave: () => (inside -= 1),
  };
}

/** The clock of the program in virtual time. Its timers are in whole milliseconds, and late. */
function clockOn(
  time: ReturnType<typeof timeline>,
  now: () => number,
  startsAtMs: number,
  random: () => number,
): Clock {
  return {
    nowMs: () => startsAtMs + now(),
    monotonicMs: () => now() + 12_345.678,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const onAbort = () => reject(signal?.reason as Error);
        signal?.addEventListener('abort', onAbort, { once: true });
        time.add(Math.ceil(now() + Math.max(1, ms)) + Math.floor(random() * 2), () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        });
      }),
  };
}

/** All promises that can settle have settled when an immediate comes. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Runs `calls` calls with `workers` workers against the org. A refused call is repeated by its worker. */
export async function simulate(
  org: SimulatedOrg,
  run: { readonly calls: number; readonly workers: number; readonly seed?: number },
  options: Partial<PacingOptions> = {},
): Promise<SimulatedRun> {
  const random = seeded(run.seed ?? 1);
  const server = createOrg(org, random);
  const { before } = org;
  for (let call = 0; before !== undefined && call < before.calls; call += 1) {
    server.rival(Math.floor(org.startsAtMs - before.agoMs));
  }
  const time = timeline();
  let now = 0;
  const clock = clockOn(time, () => now, org.startsAtMs, random);
  const serverClock = createServerClock(clock);
  const pauses: Pause[] = [];
  const pacing = createPacing(
    { ratePercent: 100, maxInFlight: run.workers, windowMs: 60_000, writeBucket: 'w', ...options },
    { clock, serverClock, random, onPause: (pause) => pauses.push(pause) },
  );
  const { signal } = new AbortController();
  let left = run.calls;
  let done = 0;
  let lastMs = 0;
  let inFlight = 0;
  let mostInFlight = 0;
  let number = 0;
  const starts: number[] = [];
  const tally = { window: 0, slots: 0 };

  const work = async () => {
    while (left > 0) {
      left -= 1;
      while ((await exchange(await pacing.enter('w', signal))) === 429);
      done += 1;
      lastMs = now;
    }
  };
  const exchange = (permit: Permit) =>
    new Promise<number | undefined>((resolve) => {
      starts.push(now);
      inFlight += 1;
      mostInFlight = Math.max(mostInFlight, inFlight);
      const mine = (number += 1);
      const sentMs = clock.monotonicMs();
      const way = () => org.latencyMs * (0.4 + random() * 0.2) + 0.3 + random();
      time.add(now + way(), () => {
        const observation = server.enter(org.startsAtMs + now);
        const refusedBySlots = observation.limit === 0;
        const service = refusedBySlots ? 0.2 : (org.serviceMs ?? 0.5 + random());
        time.add(now + service, () => {
          if (!refusedBySlots) server.leave();
          time.add(now + way(), () => {
            inFlight -= 1;
            const seen = org.distort ? org.distort(observation, mine) : observation;
            if (seen?.serverDateMs !== undefined) serverClock.learn(seen.serverDateMs, sentMs);
            if (observation.status === 429) tally[refusedBySlots ? 'slots' : 'window'] += 1;
            permit.end(seen);
            resolve(observation.status);
          });
        });
      });
    });
  if (org.rivalPercent !== undefined) {
    const every = (org.windowMs * 100) / (org.limit * org.rivalPercent);
    const { rivalsAtOnce } = org;
    const pause = () =>
      rivalsAtOnce === undefined
        ? every * (0.5 + random())
        : -Math.log(1 - random()) * every * rivalsAtOnce;
    const rival = () => {
      for (let call = 0; call < (rivalsAtOnce ?? 1); call += 1) server.rival(org.startsAtMs + now);
      if (done < run.calls) time.add(now + pause(), rival);
    };
    time.add(every * random(), rival);
  }
  for (let worker = 0; worker < run.workers; worker += 1) void work();
  await settled();
  const endOfTime = 1000 * 3_600_000;
  while (done < run.calls) {
    const moment = time.next();
    if (moment === undefined || moment.atMs > endOfTime) break;
    now = moment.atMs;
    moment.run();
    await settled();
  }
  pacing.close();
  return {
    makespanMs: lastMs - (starts[0] ?? 0),
    windowRefusals: tally.window,
    slotRefusals: tally.slots,
    done,
    perWindow: server.perWindow(),
    starts,
    mostInFlight,
    pauses,
  };
}
