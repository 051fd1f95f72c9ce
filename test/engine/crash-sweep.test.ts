import { describe, expect, test } from '@jest/globals';
import {
  ACTION_NAMES,
  ACTIONS,
  mainStepOf,
  producesSecrets,
  type ActionSpec,
} from '../../src/domain/plan/action.ts';
import { STEPS } from '../../src/domain/plan/step.ts';
import { idOf, ModelOrg } from './model-org.ts';
import type { Fault, ModelUser } from './model-org.ts';
import { Disk, planOf, RESET, Invocation } from './invocation.ts';
import type { InvocationOptions } from './invocation.ts';
import { VirtualClock } from './virtual-clock.ts';

const USERS = 5;

interface Setting {
  readonly name: string;
  readonly spec: ActionSpec;
  readonly splitOnly?: boolean;
  readonly fault?: (number: number) => Fault | undefined;
}

// Only of the first writes, because a run on an org that loses everything would rightly fail a row.
const LOSSY = (number: number): Fault | undefined =>
  number > 14
    ? undefined
    : number % 3 === 0
      ? { kind: 'lost', applied: true }
      : number % 4 === 0
        ? { kind: 'lost', applied: false }
        : number % 5 === 0
          ? { kind: 'throttled', by: 'window' }
          : undefined;

const ALL: Partial<ActionSpec> = {
  order: 'password-first',
  revokeSessions: true,
  revokeTokens: true,
  resetFactors: true,
};

const TEMP: ActionSpec = { ...RESET, action: 'temp-password', sendEmail: false };

const SETTINGS: readonly Setting[] = [
  { name: 'reset', spec: RESET },
  { name: 'reset over a lossy network', spec: RESET, fault: LOSSY },
  { name: 'revoke and reset, lossy', spec: { ...RESET, revokeTokens: true }, fault: LOSSY },
  { name: 'expire, lossy', spec: { ...RESET, action: 'expire-password' }, fault: LOSSY },
  { name: 'temporary passwords, lossy', spec: TEMP, fault: LOSSY },
  { name: 'temporary passwords, only expired', spec: TEMP, splitOnly: true, fault: LOSSY },
  { name: 'reset with all beside it', spec: { ...RESET, ...ALL } },
  { name: 'reset with all beside it, lossy', spec: { ...RESET, ...ALL }, fault: LOSSY },
  {
    name: 'links with all beside them, lossy',
    spec: { ...RESET, ...ALL, sendEmail: false },
    fault: LOSSY,
  },
  {
    name: 'temporary passwords with all beside them, lossy',
    spec: { ...TEMP, ...ALL, revokeSessions: false },
    fault: LOSSY,
  },
  {
    name: 'the same, only expired',
    spec: { ...TEMP, ...ALL, revokeSessions: false },
    splitOnly: true,
    fault: LOSSY,
  },
  { name: 'expire with all beside it', spec: { ...RESET, ...ALL, action: 'expire-password' } },
  ...ACTION_NAMES.filter((action) => ACTIONS[action].kind !== 'password').map((action) => ({
    name: action,
    spec: { ...RESET, action },
    // What is harmless is sent again for each answer that is lost, so only crashes count here.
    ...(STEPS[mainStepOf({ ...RESET, action })].repeatable ? {} : { fault: LOSSY }),
  })),
];

function prepare(setting: Setting): { readonly org: ModelOrg; readonly disk: Disk } {
  const org = new ModelOrg(new VirtualClock(), USERS);
  org.splitOnly = setting.splitOnly === true;
  for (const user of org.users.values())
    user.status = ACTIONS[setting.spec.action].statuses[0] ?? '';
  org.faultOfWrite = setting.fault ?? (() => undefined);
  return { org, disk: new Disk() };
}

/** Runs, and resumes after a kill, over the plan as it was made before the first invocation. */
async function finish(
  org: ModelOrg,
  disk: Disk,
  setting: Setting,
  first: InvocationOptions,
  onInvocation: (invocation: Invocation) => void = () => undefined,
): Promise<void> {
  const targets = planOf(org);
  const base = { targets, options: { spec: setting.spec, concurrency: 2 } };
  const killed = new Invocation(org, disk, { ...base, ...first });
  onInvocation(killed);
  await killed.run();
  await new Invocation(org, disk, base).run();
}

/** How often a user was acted on. What is harmless can be repeated once for the one crash. */
function timesOf(spec: ActionSpec, effects: number): number {
  const { repeatable } = STEPS[mainStepOf(spec)];
  return repeatable && effects === 2 ? 1 : effects;
}

/**
 * What is wrong with the order of a user's effects: tokens end last, and factors once, right before what makes them
 * impossible.
 */
function wrongOrder(spec: ActionSpec, { effects }: ModelUser): string {
  if (spec.order === undefined) return '';
  const steps = effects.map(({ step }) => step).join(' ');
  const right = {
    'reset-password': spec.sendEmail
      ? /^reset-factors reset-password( end-tokens)+$/
      : /^reset-factors( reset-password)+( end-tokens)+$/,
    'temp-password': /^(temp-password(-split)? )+reset-factors( end-tokens)+$/,
    'expire-password': /^expire-password reset-factors( end-tokens)+$/,
  };
  return right[spec.action as keyof typeof right].test(steps) ? '' : steps;
}

function check(org: ModelOrg, disk: Disk, { spec }: Setting, point: string): void {
  const fold = disk.fold(USERS);
  if (spec.action === 'reactivate') {
    checkNeverAgain(org, disk, point);
    return;
  }
  const seen = {
    point,
    succeeded: fold.counts.succeeded,
    outcomes: disk.outcomes().length,
    blindResends: fold.blindResends,
    effects: [...org.users.values()].map((user) =>
      producesSecrets(spec)
        ? disk.secrets
            .filter(({ userId }) => userId === user.id)
            .at(-1)
            ?.secret.reveal() === (spec.action === 'temp-password' ? user.password : user.link)
          ? 1
          : 0
        : timesOf(spec, user.effects.filter(({ step }) => step === mainStepOf(spec)).length),
    ),
    wrong: [...org.users.values()]
      .map((user) => wrongOrder(spec, user))
      .filter((text) => text !== ''),
  };
  expect(seen).toEqual({
    point,
    succeeded: USERS,
    outcomes: USERS,
    blindResends: 0,
    effects: Array(USERS).fill(1),
    wrong: [],
  });
}

/**
 * What only the System Log proves is not sent again automatically, so a row whose attempt left no trace there is unknown.
 */
function checkNeverAgain(org: ModelOrg, disk: Disk, point: string): void {
  const outcomes = disk.outcomes().toSorted((one, other) => one.row - other.row);
  expect({ point, outcomes: outcomes.map(({ row, outcome }) => [row, outcome]) }).toEqual({
    point,
    outcomes: Array.from({ length: USERS }, (_, index) => {
      const effects = org.user(index + 1).effects.length;
      return [index + 1, effects === 1 ? 'succeeded' : effects === 0 ? 'unknown' : 'twice'];
    }),
  });
}

describe.each(SETTINGS)('killed at any moment and resumed: $name', (setting) => {
  test('around each record of the journal', async () => {
    const reference = prepare(setting);
    const whole = new Invocation(reference.org, reference.disk, {
      options: { spec: setting.spec, concurrency: 2 },
    });
    await whole.run();
    check(reference.org, reference.disk, setting, 'not killed');
    for (let append = 1; append <= whole.appends; append += 1) {
      for (const when of ['before', 'after'] as const) {
        const { org, disk } = prepare(setting);
        await finish(org, disk, setting, { killAt: { append, when } });
        check(org, disk, setting, `${when} record ${append}`);
      }
    }
  });

  test('right after each effect, before its answer', async () => {
    for (let effect = 1; effect <= 2 * USERS; effect += 1) {
      const { org, disk } = prepare(setting);
      let effects = 0;
      await finish(org, disk, setting, {}, (invocation) => {
        org.onEffect = () => {
          effects += 1;
          if (effects === effect) invocation.kill();
        };
      });
      check(org, disk, setting, `after effect ${effect}`);
      if (effects < effect) break;
    }
  });
});

test('killed again and again, even while resuming', async () => {
  const setting: Setting = { name: '', spec: RESET, fault: LOSSY };
  const org = new ModelOrg(new VirtualClock(), 40);
  org.faultOfWrite = (number) => LOSSY(number % 60);
  const disk = new Disk();
  const targets = planOf(org);
  let kills = 0;
  for (let append = 3; disk.fold(40).endedCount < 40; append = (append * 7) % 19) {
    const killAt = { append: append + 2, when: append % 2 === 0 ? 'before' : 'after' } as const;
    const invocation = new Invocation(org, disk, {
      targets,
      options: { spec: setting.spec },
      killAt,
    });
    if ((await invocation.run()) === undefined) kills += 1;
  }
  expect(kills).toBeGreaterThan(10);
  expect(disk.fold(40)).toMatchObject({ blindResends: 0, counts: { succeeded: 40 } });
  for (let user = 1; user <= 40; user += 1)
    expect(org.users.get(idOf(user))?.effects).toHaveLength(1);
});

test('a stop after any effect leaves nobody without factors and with the old password', async () => {
  for (let effect = 1; effect <= 2 * USERS; effect += 1) {
    const setting: Setting = { name: '', spec: { ...RESET, ...ALL } };
    const { org, disk } = prepare(setting);
    const invocation = new Invocation(org, disk, {
      options: { spec: setting.spec, concurrency: 3 },
    });
    let effects = 0;
    org.onEffect = () => {
      effects += 1;
      if (effects === effect) invocation.drain.abort('SIGINT');
    };
    await invocation.run();
    const stripped = [...org.users.values()].filter(
      (user) => user.factors.length === 0 && user.status === 'ACTIVE',
    );
    expect({ effect, stripped: stripped.length }).toEqual({ effect, stripped: 0 });
    await new Invocation(org, disk, {
      options: { spec: setting.spec },
      targets: planOf(org),
    }).run();
    check(org, disk, setting, `stopped after effect ${effect}`);
  }
});
