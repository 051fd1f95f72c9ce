import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACTION_NAMES, ACTIONS, type Action } from '../../src/domain/plan/action.ts';
import { expectCode } from './expect-code.ts';
import { closeStages, outcomes, readCsv, stage, type Stage } from './rig.ts';

afterAll(closeStages);

/** Which statuses and provider types are acted on, written again by hand. */
const OWN = ['OKTA', 'IMPORT'];
const NOT_DEACTIVATED = [
  ...['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'RECOVERY'],
  ...['PROVISIONED', 'STAGED', 'SUSPENDED'],
];
const TARGETS: Readonly<
  Record<Action, readonly [statuses: readonly string[], providers?: readonly string[]]>
> = {
  'reset-password': [['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT'], OWN],
  'temp-password': [['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'RECOVERY'], OWN],
  'expire-password': [['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT'], OWN],
  'end-sessions': [NOT_DEACTIVATED],
  'revoke-tokens': [NOT_DEACTIVATED],
  suspend: [['ACTIVE']],
  'reset-factors': [['ACTIVE', 'PASSWORD_EXPIRED', 'SUSPENDED']],
  unsuspend: [['SUSPENDED']],
  unlock: [['LOCKED_OUT'], [...OWN, 'FEDERATION', 'SOCIAL']],
  reactivate: [['PROVISIONED']],
};

/** Some of every status. */
const USERS = 50;

describe.each(ACTION_NAMES)('%s from plan to followup', (action) => {
  let s: Stage;
  let targets: readonly string[];
  beforeAll(async () => {
    s = await stage({ users: USERS, seed: 5 });
    const [statuses, providers] = TARGETS[action];
    targets = [...s.org.users()]
      .filter(
        ({ admin, status, provider }) =>
          !admin && statuses.includes(status) && (providers?.includes(provider) ?? true),
      )
      .map(({ id }) => id);
    await s.rockstar();
  });

  test('acts once on the users it is for, with a canary, and reports what happened', async () => {
    expect(targets.length).toBeGreaterThan(0);
    const flags = action === 'temp-password' ? ['--secrets-plaintext'] : [];
    const plan = await s.run([
      'plan',
      '--file',
      'users.csv',
      '--action',
      action,
      '--out',
      'run',
      ...flags,
    ]);
    expectCode(plan, 0);
    const { undo } = ACTIONS[action];
    const run = await s.run([
      'run',
      '--plan',
      'run',
      '--canary',
      '1',
      '--canary-wait',
      '0',
      '--confirm',
      `${targets.length}@${s.host}`,
      ...flags,
    ]);
    expectCode(run, 0);
    const results = await readCsv(s.path('run', 'results.csv'));
    expect(outcomes(results)).toEqual({
      succeeded: targets.length,
      skipped: USERS - targets.length,
    });
    expect(
      results.filter((row) => row['_outcome'] === 'succeeded').map((row) => row['_user_id']),
    ).toEqual(targets);
    for (const row of results)
      if (row['_outcome'] === 'skipped') expect(row['_reason']).not.toBe('');
    expect(undo).toMatch(/\.$/);

    // Another run over the same users does nothing a second time, but a different action does.
    const again = await s.run([
      'rerun',
      'run',
      '--only',
      'succeeded',
      '-n',
      '--out',
      'again',
      ...flags,
    ]);
    expect([0, 3]).toContain(again.code);
    const next = await s.run([
      'rerun',
      'run',
      '--action',
      'end-sessions',
      '--only',
      'succeeded',
      '-n',
      '--out',
      'next',
    ]);
    expectCode(next, 0);
    const planned = await readCsv(s.path('next', 'results.csv'));
    expect(outcomes(planned)).toEqual(
      action === 'end-sessions' ? { skipped: targets.length } : { 'not-attempted': targets.length },
    );

    const followup = await s.run(['followup', 'run', '--json']);
    expectCode(followup, 0);
    const list = await readCsv(s.path('run', 'followup.csv'));
    const states = new Set(
      list.filter((line) => line['state'] !== 'came-back').map((line) => line['state']),
    );
    const expected = {
      password: ['waiting'],
      contain: ['contained'],
      restore: [action === 'reactivate' ? 'waiting' : 'finished'],
    };
    expect([...states].filter((state) => state !== 'gone')).toEqual(expected[ACTIONS[action].kind]);
  });
});

describe('who has come back', () => {
  test.each([
    ['suspend', 'lifted', (s: Stage, id: string) => s.org.unsuspend(id)],
    ['end-sessions', 'signed-in-again', (s: Stage, id: string) => s.org.signIn(id)],
    ['reset-factors', 'enrolled-again', (s: Stage, id: string) => s.org.enrol(id)],
  ] as const)('after %s: %s', async (action, state, back) => {
    const s = await stage({ users: 12, mix: { statuses: { ACTIVE: 1 }, providers: { OKTA: 1 } } });
    const ids = [...s.org.users()].filter(({ admin }) => !admin).map(({ id }) => ({ id }));
    await s.ids(ids);
    expectCode(
      await s.run([
        'run',
        '--file',
        'ids.csv',
        '--action',
        action,
        '--out',
        'run',
        '--yes',
        '--max-users',
        '10',
        '--canary',
        '0',
      ]),
      0,
    );
    const [first] = ids;
    expect(back(s, first?.id ?? '')).toBe(true);
    const followup = await s.run(['followup', 'run']);
    expectCode(followup, 0);
    expect(followup.stdout).toMatch(/9 of 10 users still contained/);
    const list = await readCsv(s.path('run', 'followup.csv'));
    expect(list.filter((line) => line['state'] === state).map((line) => line['user_id'])).toEqual([
      first?.id,
    ]);
  });
});
