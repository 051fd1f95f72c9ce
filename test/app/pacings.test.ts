import { afterEach, describe, expect, test } from '@jest/globals';
import { openPacings, type Pacings } from '../../src/app/org/pacings.ts';
import type { RateObservation } from '../../src/domain/org/pacing.ts';
import { VirtualClock } from '../engine/virtual-clock.ts';

const org = { origin: 'https://acme.okta.com' };
const pace = { ratePercent: 100, perMinute: undefined, perHour: undefined, concurrency: 10 };
const WRITES = '/api/v1/users';
const unheard = () => undefined;
const never = new AbortController().signal;

const clock = new VirtualClock();
let opened: Pacings[] = [];
afterEach(() => {
  for (const pacings of opened) pacings.close();
  opened = [];
});

function pacingsOf(): Pacings {
  const pacings = openPacings({ clock, random: () => 0.5 });
  opened.push(pacings);
  return pacings;
}

function answer(over: Partial<RateObservation> = {}): RateObservation {
  const serverDateMs = Math.floor(clock.nowMs() / 1000) * 1000;
  return {
    status: 200,
    limit: 100,
    remaining: 99,
    resetMs: serverDateMs + 60_000,
    serverDateMs,
    ...over,
  };
}

describe('the pacing of an org', () => {
  test('continues from one connection to the next with what was learned', async () => {
    const pacings = pacingsOf();
    const preview = pacings.turn(org, pace, unheard);
    (await preview.pacing.enter(WRITES, never)).end(answer());
    const run = pacings.turn(org, pace, unheard);
    // A fresh pacing lets one call through before it knows the bucket.
    const together = await Promise.all([1, 2, 3].map(() => run.pacing.enter(WRITES, never)));
    expect(together).toHaveLength(3);
    expect(run.pacing.limits()).toMatchObject([{ bucket: WRITES, limit: 100, remaining: 96 }]);
  });

  test('counts waits for the connection that waited', async () => {
    const pacings = pacingsOf();
    const preview = pacings.turn(org, pace, unheard);
    (await preview.pacing.enter(WRITES, never)).end(answer({ status: 429, remaining: 0 }));
    (await preview.pacing.enter(WRITES, never)).end(answer());
    const [waited] = preview.traffic();
    expect(waited).toMatchObject({ calls: 2, throttled: 1 });
    expect(waited?.waitedMs).toBeGreaterThan(0);
    const run = pacings.turn(org, pace, unheard);
    (await run.pacing.enter(WRITES, never)).end(answer());
    expect(run.traffic()).toEqual([{ bucket: WRITES, calls: 1, throttled: 0, waitedMs: 0 }]);
  });

  test('counts calls for the connection that made them', async () => {
    const pacings = pacingsOf();
    const preview = pacings.turn(org, pace, unheard);
    (await preview.pacing.enter('/api/v1/groups', never)).end(answer());
    (await preview.pacing.enter(WRITES, never)).end(answer());
    const run = pacings.turn(org, pace, unheard);
    expect(run.traffic()).toEqual([]);
    (await run.pacing.enter(WRITES, never)).end(answer({ status: 429, remaining: 0 }));
    (await run.pacing.enter('/api/v1/logs', never)).end(answer());
    expect(run.traffic()).toEqual([
      { bucket: WRITES, calls: 1, throttled: 1, waitedMs: 0 },
      { bucket: '/api/v1/logs', calls: 1, throttled: 0, waitedMs: 0 },
    ]);
    expect(preview.traffic()).toContainEqual(expect.objectContaining({ bucket: WRITES, calls: 2 }));
  });

  test('reports waits to the connection that has the turn, and to no other', async () => {
    const pacings = pacingsOf();
    const heard: string[] = [];
    const preview = pacings.turn(org, pace, () => heard.push('preview'));
    (await preview.pacing.enter(WRITES, never)).end(answer({ status: 429, remaining: 0 }));
    const run = pacings.turn(org, pace, ({ bucket }) => heard.push(`run ${bucket}`));
    await run.pacing.enter(WRITES, never);
    expect(heard).toEqual([`run ${WRITES}`]);
  });

  test.each([
    ['another org', { origin: 'https://other.okta.com' }, pace],
    ['another pace', org, { ...pace, perMinute: 60 }],
  ])('of %s is a different one', (_, otherOrg, otherPace) => {
    const pacings = pacingsOf();
    const first = pacings.turn(org, pace, unheard);
    expect(pacings.turn(org, { ...pace }, unheard).pacing).toBe(first.pacing);
    expect(pacings.turn(otherOrg, otherPace, unheard).pacing).not.toBe(first.pacing);
  });

  test('lets no call through after its end', async () => {
    const pacings = pacingsOf();
    const { pacing } = pacings.turn(org, pace, unheard);
    (await pacing.enter(WRITES, never)).end(answer({ status: 429, remaining: 0 }));
    const waiting = pacing.enter(WRITES, never);
    pacings.close();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
