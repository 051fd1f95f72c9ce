import { setMaxListeners } from 'node:events';
import type { Pacing, RateObservation } from '../../src/domain/org/pacing.ts';
import { createServerClock } from '../../src/okta/http/server-clock.ts';
import type { PacingOptions, PacingPorts } from '../../src/pacing/gate.ts';
import { createPacing } from '../../src/pacing/pacing.ts';
import { VirtualClock } from '../engine/virtual-clock.ts';

/** A signal that nobody aborts. */
export const calm = new AbortController().signal;
setMaxListeners(0, calm);

/** A pacing in virtual time, over a bucket `w`. */
export function openPacing(
  options: Partial<PacingOptions> = {},
  ports: Partial<PacingPorts> = {},
): ReturnType<typeof createPacing> & { readonly clock: VirtualClock } {
  const clock = new VirtualClock();
  const pacing = createPacing(
    { ratePercent: 100, windowMs: 60_000, maxInFlight: 10, writeBucket: 'w', ...options },
    { clock, serverClock: createServerClock(clock), random: () => 0.5, ...ports },
  );
  return { ...pacing, clock };
}

/** An answer at the beginning of a window of a hundred calls. */
export function answer(over: Partial<RateObservation> = {}): RateObservation {
  const serverDateMs = 1_700_000_000_000;
  const resetMs = serverDateMs + 60_000;
  return { status: 200, limit: 100, remaining: 99, resetMs, serverDateMs, ...over };
}

/** An answer without rate headers. */
export const bare = answer({ limit: undefined, remaining: undefined, resetMs: undefined });

/** Makes one call that is answered at once. */
export async function call(pacing: Pacing, seen: RateObservation | undefined): Promise<void> {
  (await pacing.enter('w', calm)).end(seen);
}

/** How many of this number of callers can start now. */
export async function startable(pacing: Pacing, callers: number): Promise<number> {
  const leave = new AbortController();
  let started = 0;
  const entering = Array.from({ length: callers }, () =>
    pacing.enter('w', leave.signal).then(
      (permit) => {
        started += 1;
        return permit;
      },
      () => undefined,
    ),
  );
  for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
  leave.abort();
  for (const permit of await Promise.all(entering)) permit?.end(undefined, false);
  return started;
}
