/** A run that must send nothing more still settles what is open, however long that takes. */
import { describe, expect, test } from '@jest/globals';
import type { ActionSpec } from '../../src/domain/plan/action.ts';
import { isInDoubt } from '../../src/domain/run/journal-record.ts';
import type { StopReason } from '../../src/domain/run/stop.ts';
import type { EngineOptions } from '../../src/engine/run/options.ts';
import { ModelOrg, type Fault } from './model-org.ts';
import { Disk, planOf, RESET, Invocation } from './invocation.ts';
import { VirtualClock } from './virtual-clock.ts';

const USERS = 6;
const EXPIRED: StopReason = { kind: 'plan-expired', detail: 'too old' };

const ACTIONS: readonly (readonly [string, ActionSpec])[] = [
  ['reset', RESET],
  ['temporary password', { ...RESET, action: 'temp-password', sendEmail: false }],
  ['expire', { ...RESET, action: 'expire-password' }],
];

const LOST: readonly (readonly [string, Fault])[] = [
  ['nothing was done', { kind: 'lost', applied: false }],
  ['it took effect', { kind: 'lost', applied: true }],
  ['it takes effect 40 s later', { kind: 'late', afterMs: 40_000 }],
];

/** The journal of a process that was killed during its calls, or drained while in doubt. */
async function leftOpen(spec: ActionSpec, fault: Fault, how: 'killed' | 'drained') {
  const org = new ModelOrg(new VirtualClock(), USERS);
  const disk = new Disk();
  org.faultOfWrite = () => fault;
  const base = { targets: planOf(org), options: { spec, concurrency: 3 } };
  const first = new Invocation(org, disk, base);
  org.onRead = () => {
    if (how === 'killed') first.kill();
    else first.drain.abort('SIGINT');
  };
  await first.run();
  org.onRead = () => undefined;
  org.faultOfWrite = () => undefined;
  return { org, disk, base };
}

const inDoubt = (disk: Disk) => [...disk.fold(USERS).openRows.values()].filter(isInDoubt).length;

describe.each(ACTIONS)('%s', (_action, spec) => {
  test.each(
    LOST.flatMap(([name, fault]) =>
      // A read settles at once what a drained run finds to have taken effect.
      (fault.kind === 'lost' && fault.applied
        ? (['killed'] as const)
        : (['killed', 'drained'] as const)
      ).flatMap((how) => [0, 3_600_000].map((gapMs) => [name, how, gapMs, fault] as const)),
    ),
  )('%s, %s, resumed %d ms later: settled, nothing sent', async (_name, how, gapMs, fault) => {
    const { org, disk, base } = await leftOpen(spec, fault, how);
    expect(inDoubt(disk)).toBeGreaterThan(0);
    await org.clock.sleep(gapMs);
    const { writes } = org;

    const options: Partial<EngineOptions> = { ...base.options, settleOnly: EXPIRED };
    const end = await new Invocation(org, disk, { ...base, options }).run();
    expect([end?.stop, inDoubt(disk), org.writes]).toEqual([EXPIRED, 0, writes]);

    const last = await new Invocation(org, disk, base).run();
    expect(last?.stop).toBeUndefined();
    expect(disk.outcomes().map(({ outcome }) => outcome)).toEqual(
      new Array<string>(USERS).fill('succeeded'),
    );
    if (spec.action !== 'temp-password')
      for (let row = 1; row <= USERS; row += 1) expect(org.effectsOf(row, spec.action)).toBe(1);
  });
});

test('a run that exceeded its limit of failures settles what is open before it stops', async () => {
  const { org, disk, base } = await leftOpen(RESET, { kind: 'lost', applied: false }, 'drained');
  const rows = inDoubt(disk);
  expect(rows).toBeGreaterThan(1);
  const { writes } = org;
  // The next row failed, and nothing has read those in doubt since.
  disk.records.splice(-1, 0, {
    kind: 'outcome',
    at: disk.records.at(-1)?.at ?? '',
    row: USERS,
    outcome: 'failed',
    attempts: 0,
  });
  const options = { ...base.options, maxFailures: { kind: 'count', count: 0 } } as const;
  const end = await new Invocation(org, disk, { ...base, options }).run();
  expect([end?.stop?.kind, inDoubt(disk), org.writes]).toEqual(['failure-share', 0, writes]);
});

test('a Ctrl-C ends the settling, and what is still in doubt stays open', async () => {
  const { org, disk, base } = await leftOpen(RESET, { kind: 'lost', applied: false }, 'drained');
  const rows = inDoubt(disk);
  const options = { ...base.options, settleOnly: EXPIRED };
  const invocation = new Invocation(org, disk, { ...base, options });
  const ended = invocation.run();
  void org.clock.sleep(5000).then(() => invocation.drain.abort('SIGINT'));
  expect([(await ended)?.stop?.kind, inDoubt(disk)]).toEqual(['signal', rows]);
});
