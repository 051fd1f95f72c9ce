import { describe, expect, test } from '@jest/globals';
import type { ActionSpec } from '../../src/domain/plan/action.ts';
import { idOf, ModelOrg } from './model-org.ts';
import type { Fault } from './model-org.ts';
import { Disk, planOf, RESET, Invocation } from './invocation.ts';
import type { InvocationOptions } from './invocation.ts';
import { VirtualClock } from './virtual-clock.ts';

const ACTIONS: readonly (readonly [string, ActionSpec])[] = [
  ['reset', RESET],
  ['reset with tokens revoked', { ...RESET, revokeTokens: true }],
  ['link', { ...RESET, sendEmail: false }],
  ['temporary password', { ...RESET, action: 'temp-password', sendEmail: false }],
  ['expire', { ...RESET, action: 'expire-password' }],
];

/** What happens to a call whose answer never comes, or comes from a proxy. */
const LOST: readonly (readonly [string, Fault])[] = [
  ['nothing, dropped', { kind: 'lost', applied: false }],
  ['nothing, 504', { kind: 'answer', status: 504 }],
  ['nothing, a 403 of a proxy', { kind: 'answer', status: 403, effect: 'possible' }],
  ['an effect at once, dropped', { kind: 'lost', applied: true }],
  ['an effect at once, 504', { kind: 'answer', status: 504, applied: true }],
  ...[2, 5, 15, 40].flatMap((seconds) =>
    [undefined, 504, 403].map((status): readonly [string, Fault] => [
      `an effect after ${seconds} s, ${status ?? 'no answer'}`,
      { kind: 'late', afterMs: seconds * 1000, ...(status === undefined ? {} : { status }) },
    ]),
  ),
];

const USERS = 2;
/** Longer than any effect in a test is late. */
const LATER_MS = 300_000;

interface Scene {
  readonly org: ModelOrg;
  readonly disk: Disk;
  readonly spec: ActionSpec;
}

function sceneOf(spec: ActionSpec, fault: Fault, readLagMs: number): Scene {
  const org = new ModelOrg(new VirtualClock(), USERS);
  org.readLagMs = readLagMs;
  // The first call of the action itself, not of the steps before it.
  let struck = false;
  org.faultOfWrite = (_number, { step }) => {
    if (struck || step === 'revoke-tokens') return undefined;
    struck = true;
    return fault;
  };
  return { org, disk: new Disk(), spec };
}

async function finish(scene: Scene, first: InvocationOptions, gapMs: number): Promise<void> {
  const { org, disk, spec } = scene;
  const base = { targets: planOf(org), options: { spec, concurrency: 2 } };
  const ended = await new Invocation(org, disk, { ...base, ...first }).run();
  if (ended === undefined) {
    await org.clock.sleep(gapMs);
    await new Invocation(org, disk, base).run();
  }
  await org.clock.sleep(LATER_MS);
}

/** Whether the secret that would be handed out for a row is the one that opens the account. */
function holds({ org, disk, spec }: Scene, row: number): boolean {
  const kept = disk.secrets
    .filter((record) => record.row === row)
    .toSorted((one, other) => one.attempt - other.attempt)
    .at(-1);
  const user = org.user(row);
  return kept?.secret.reveal() === (spec.action === 'temp-password' ? user.password : user.link);
}

/** What would hurt, row by row; undefined where all is well. */
function harmOf(scene: Scene): string | undefined {
  const { org, disk, spec } = scene;
  const secret = spec.action === 'temp-password' || !spec.sendEmail;
  const outcomes = disk.outcomes();
  if (outcomes.length !== USERS) return `${outcomes.length} outcomes`;
  if (disk.fold(USERS).blindResends > 0) return 'sent again blindly';
  for (const { row, outcome, reason } of outcomes) {
    const effects = org.user(row).effects.filter(({ step }) => step === spec.action).length;
    if (!secret && effects > 1) return `row ${row} acted on ${effects} times`;
    if (outcome === 'succeeded' && effects === 0) return `row ${row} succeeded without its effect`;
    if (outcome === 'succeeded' && secret && !holds(scene, row)) return `row ${row}: dead secret`;
    if (outcome !== 'succeeded') return `row ${row} is ${outcome} (${reason})`;
  }
  return undefined;
}

describe.each(ACTIONS)('%s, with its answer lost', (_action, spec) => {
  test.each(LOST)(
    '%s: one effect, and the secret that is handed out is valid',
    async (_, fault) => {
      for (const readLagMs of [0, 4000, 9000]) {
        const scene = sceneOf(spec, fault, readLagMs);
        await finish(scene, {}, 0);
        expect([readLagMs, harmOf(scene)]).toEqual([readLagMs, undefined]);
      }
    },
  );

  test.each(LOST.filter(([name]) => !/403/.test(name)))(
    '%s, killed at any record and resumed at once, soon, or an hour later',
    async (_, fault) => {
      const whole = sceneOf(spec, fault, 0);
      const invocation = new Invocation(whole.org, whole.disk, {
        options: { spec, concurrency: 2 },
      });
      await invocation.run();
      const harms: string[] = [];
      for (let append = 1; append <= invocation.appends; append += 1) {
        for (const [when, gapMs] of [
          ['after', 0],
          ['before', 20_000],
          ['after', 3_600_000],
        ] as const) {
          const scene = sceneOf(spec, fault, gapMs === 0 ? 9000 : 0);
          await finish(scene, { killAt: { append, when } }, gapMs);
          const harm = harmOf(scene);
          if (harm !== undefined) harms.push(`${when} record ${append}, ${gapMs} ms: ${harm}`);
        }
      }
      expect(harms).toEqual([]);
    },
  );
});

test('killed after the answer was lost: a resume reads until the attempt is too old, counted from the journal', async () => {
  for (const [gapMs, leastMs, mostMs] of [
    [0, 90_000, 120_000],
    [40_000, 50_000, 80_000],
    [3_600_000, 10_000, 30_000],
  ] as const) {
    const scene = sceneOf(RESET, { kind: 'lost', applied: false }, 0);
    const { org, disk } = scene;
    const killed = new Invocation(org, disk, { targets: planOf(org) });
    org.onArrival = () => killed.kill();
    await killed.run();
    await org.clock.sleep(gapMs);
    org.onArrival = () => undefined;
    const startMs = org.clock.monotonicMs();
    await new Invocation(org, disk).run();
    const tookMs = org.clock.monotonicMs() - startMs;
    expect(harmOf(scene)).toBeUndefined();
    expect(tookMs).toBeGreaterThan(leastMs);
    expect(tookMs).toBeLessThan(mostMs);
  }
});

test('a row in doubt delays no other row', async () => {
  const org = new ModelOrg(new VirtualClock(), 400);
  org.faultOfWrite = (number) => (number % 3 === 0 ? { kind: 'answer', status: 504 } : undefined);
  const startMs = org.clock.monotonicMs();
  let lastMs = 0;
  const disk = new Disk();
  const invocation = new Invocation(org, disk, {
    onEvent: (event) => {
      if (event.type === 'row' && invocation.taken < 400)
        lastMs = org.clock.monotonicMs() - startMs;
    },
  });
  await invocation.run();
  expect(disk.fold(400).counts.succeeded).toBe(400);
  // 267 calls that are answered at once, four at a time, 40 ms each.
  expect(lastMs).toBeLessThan(15_000);
  for (let user = 1; user <= 400; user += 1) expect(org.effectsOf(user, 'reset-password')).toBe(1);
});

test('reports how many rows wait, and until when by the org’s clock', async () => {
  const { org, disk } = sceneOf(RESET, { kind: 'answer', status: 504 }, 0);
  const invocation = new Invocation(org, disk);
  await invocation.run();
  const said = invocation.events.filter((event) => event.type === 'settling');
  expect(said.map(({ rows }) => rows)).toEqual([1, 0]);
  // The timeout of 10 s, a minute, the 10 s that an attempt can wait for its connection, and a read 10 s later.
  const startMs = 1_700_000_000_000 + 180_000;
  expect(said[0]?.untilMs).toBeGreaterThan(startMs + 89_000);
  expect(said[0]?.untilMs).toBeLessThan(startMs + 93_000);
});

test('reports nothing about a row that its first read settles', async () => {
  const { org, disk } = sceneOf(RESET, { kind: 'answer', status: 504, applied: true }, 0);
  const invocation = new Invocation(org, disk);
  await invocation.run();
  expect(invocation.events.filter(({ type }) => type === 'settling')).toEqual([]);
});

test('an org that answers no write is not sent row after row', async () => {
  const org = new ModelOrg(new VirtualClock(), 1000);
  org.faultOfWrite = () => ({ kind: 'answer', status: 502 });
  const invocation = new Invocation(org, new Disk(), { options: { maxRetries: 1 } });
  await invocation.run();
  expect(invocation.taken).toBeLessThan(80);
});

test('a stop leaves rows in doubt open, at once, and a resume settles them', async () => {
  const { org, disk } = sceneOf(RESET, { kind: 'late', afterMs: 40_000, status: 504 }, 0);
  const invocation = new Invocation(org, disk, {
    onEvent: (event) => {
      if (event.type === 'settling') invocation.drain.abort('SIGINT');
    },
  });
  const startMs = org.clock.monotonicMs();
  const end = await invocation.run();
  expect(end?.stop).toEqual({ kind: 'signal', signal: 'SIGINT' });
  expect(org.clock.monotonicMs() - startMs).toBeLessThan(1000);
  expect([...disk.fold(USERS).openRows.values()].map(({ pending }) => pending?.attempt)).toEqual([
    1,
  ]);
  await new Invocation(org, disk).run();
  expect(disk.fold(USERS).counts.succeeded).toBe(USERS);
  for (let user = 1; user <= USERS; user += 1)
    expect(org.effectsOf(user, 'reset-password')).toBe(1);
});

describe('without a try left', () => {
  test('a row is read, and fails only if reads prove that nothing happened', async () => {
    for (const [applied, outcome, reason] of [
      [false, 'failed', 'no-effect'],
      [true, 'succeeded', undefined],
    ] as const) {
      const { org, disk } = sceneOf(RESET, { kind: 'answer', status: 504, applied }, 0);
      await new Invocation(org, disk, { options: { maxRetries: 0 } }).run();
      expect(disk.outcomes().find(({ row }) => row === 1)).toMatchObject({
        outcome,
        ...(reason === undefined ? {} : { reason }),
        reconciled: true,
      });
      expect(org.writes).toBe(USERS);
    }
  });

  test.each([
    ['it cannot be read', RESET, 'unreadable'],
    ['nothing shows it', { ...RESET, action: 'expire-password', revokeSessions: true }, 'unproven'],
  ] as const)('a row is unknown if %s', async (_, spec, reason) => {
    const org = new ModelOrg(new VirtualClock(), 1);
    const disk = new Disk();
    org.logReadable = false;
    org.faultOfWrite = () => ({ kind: 'answer', status: 504 });
    if (reason === 'unreadable')
      org.faultOfRead = (number) =>
        number === 0 ? undefined : { kind: 'answer', status: 403, code: 'E0000006' };
    await new Invocation(org, disk, { options: { spec, maxRetries: 0 } }).run();
    expect(disk.outcomes()).toMatchObject([{ outcome: 'unknown', reason }]);
    expect(org.writes).toBe(1);
  });
});

describe('a user already in RECOVERY, acted on late', () => {
  test.each([2, 5, 15, 40])('%d s: the System Log settles it', async (seconds) => {
    const org = new ModelOrg(new VirtualClock(), 1);
    const disk = new Disk();
    org.user(1).status = 'RECOVERY';
    org.faultOfWrite = () => ({ kind: 'late', afterMs: seconds * 1000, status: 504 });
    await new Invocation(org, disk).run();
    expect(org.writes).toBe(1);
    expect(disk.outcomes()).toMatchObject([{ outcome: 'succeeded', reconciled: true }]);
  });

  test('is unknown if the log cannot be read, and never sent again', async () => {
    const org = new ModelOrg(new VirtualClock(), 1);
    const disk = new Disk();
    org.user(1).status = 'RECOVERY';
    org.logReadable = false;
    org.faultOfWrite = () => ({ kind: 'late', afterMs: 15_000, status: 504 });
    await new Invocation(org, disk).run();
    expect(org.writes).toBe(1);
    expect(disk.outcomes()).toMatchObject([{ outcome: 'unknown', reason: 'unreadable' }]);
  });
});

test('the System Log is asked before a call is sent again, and its answer counts', async () => {
  const org = new ModelOrg(new VirtualClock(), 1);
  const disk = new Disk();
  // Reads lag for longer than anybody has observed; the log does not.
  org.readLagMs = LATER_MS;
  org.faultOfWrite = () => ({ kind: 'late', afterMs: 15_000, status: 504 });
  await new Invocation(org, disk).run();
  expect(org.writes).toBe(1);
  expect(disk.outcomes()).toMatchObject([{ outcome: 'succeeded', reconciled: true }]);
});

describe('a secret that another attempt replaces', () => {
  const spec: ActionSpec = { ...RESET, action: 'temp-password', sendEmail: false };

  test('however late, is not handed out: another one is issued', async () => {
    const org = new ModelOrg(new VirtualClock(), 1);
    const disk = new Disk();
    // Later than anything can be: a second after the password that replaces it.
    org.faultOfWrite = (number) => (number === 1 ? { kind: 'answer', status: 504 } : undefined);
    let overtaken = false;
    org.onEffect = (user, step) => {
      if (overtaken) return;
      overtaken = true;
      void org.clock.sleep(30).then(async () => {
        user.passwordChangedMs += 5000;
        user.password = `overtaken by ${step}`;
      });
    };
    await new Invocation(org, disk, { options: { spec } }).run();
    expect(disk.outcomes()).toMatchObject([{ outcome: 'succeeded', reason: 'reissued' }]);
    expect(disk.secrets.at(-1)?.secret.reveal()).toBe(org.user(1).password);
    expect(disk.secrets.at(-1)?.userId).toBe(idOf(1));
  });
});
