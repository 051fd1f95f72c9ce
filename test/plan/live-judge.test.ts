import { describe, expect, test } from '@jest/globals';
import type { Action } from '../../src/domain/plan/action.ts';
import type { Target } from '../../src/domain/plan/plan.ts';
import type { User } from '../../src/domain/org/user.ts';
import { isUnchangedSince, RepeatJudge, type Repeat } from '../../src/plan/verdicts/repeats.ts';
import { judgeLive } from '../../src/plan/verdicts/live-judge.ts';
import type { JudgeTerms } from '../../src/plan/verdicts/judge.ts';
import { NOBODY } from '../../src/plan/verdicts/protected-users.ts';
import { makeUser, POLICY, range, userId } from './fake-org.ts';

const PLANNED_MS = 1_000;
const LATER_MS = 5_000;

const target = (status: string | undefined): Target =>
  ({
    row: 1,
    userId: userId(1),
    status,
    statusChangedMs: PLANNED_MS,
    passwordChangedMs: PLANNED_MS,
  }) as Target;

const user = (status: string, more: Partial<User> = {}): User => ({
  ...makeUser(1),
  status,
  statusChangedMs: PLANNED_MS,
  passwordChangedMs: PLANNED_MS,
  ...more,
});

interface Circumstances {
  readonly action?: Action;
  readonly ownUntilMs?: number;
  readonly excluded?: readonly string[];
}

function judged(planned: Target, live: User | undefined, given: Circumstances = {}) {
  const { action = 'reset-password', ownUntilMs, excluded = [] } = given;
  const terms: JudgeTerms = {
    action,
    policy: POLICY,
    protectedUsers: {
      principal: { kind: 'app', clientId: '0oa1' },
      admins: NOBODY,
      excluded: { kind: 'known', ids: new Set(excluded) },
    },
  };
  return judgeLive(planned, live, ownUntilMs, terms);
}

describe('a user right before the call', () => {
  test.each<[string, Target, User | undefined, string | undefined]>([
    ['as planned', target('ACTIVE'), user('ACTIVE'), undefined],
    ['not read', target('ACTIVE'), undefined, undefined],
    [
      'planned without a read',
      target(undefined),
      user('ACTIVE', { passwordChangedMs: LATER_MS }),
      undefined,
    ],
    [
      'with another password',
      target('ACTIVE'),
      user('ACTIVE', { passwordChangedMs: LATER_MS }),
      'changed-since',
    ],
    [
      'whose password’s time is not known',
      target('ACTIVE'),
      user('ACTIVE', { passwordChangedMs: undefined }),
      undefined,
    ],
    [
      'in RECOVERY since',
      target('ACTIVE'),
      user('RECOVERY', { statusChangedMs: LATER_MS }),
      'changed-since',
    ],
    [
      'in RECOVERY again',
      target('RECOVERY'),
      user('RECOVERY', { statusChangedMs: LATER_MS }),
      'changed-since',
    ],
    [
      'in PASSWORD_EXPIRED since',
      target('ACTIVE'),
      user('PASSWORD_EXPIRED', { statusChangedMs: LATER_MS }),
      'changed-since',
    ],
    [
      'in PASSWORD_EXPIRED again',
      target('PASSWORD_EXPIRED'),
      user('PASSWORD_EXPIRED', { statusChangedMs: LATER_MS }),
      'changed-since',
    ],
    [
      'in PASSWORD_EXPIRED as planned',
      target('PASSWORD_EXPIRED'),
      user('PASSWORD_EXPIRED'),
      undefined,
    ],
    [
      'in another status at the same time as before',
      target('LOCKED_OUT'),
      user('PASSWORD_EXPIRED'),
      'changed-since',
    ],
    [
      'locked out and active again since',
      target('LOCKED_OUT'),
      user('ACTIVE', { statusChangedMs: LATER_MS }),
      undefined,
    ],
    [
      'suspended since',
      target('ACTIVE'),
      user('SUSPENDED', { statusChangedMs: LATER_MS }),
      'status:SUSPENDED',
    ],
  ])('%s', (_, planned, live, reason) => {
    expect(judged(planned, live)).toBe(reason);
  });

  describe('that the run itself has changed', () => {
    const OWN_MS = 3_000;
    const old = { statusChangedMs: PLANNED_MS, passwordChangedMs: PLANNED_MS };

    test.each<readonly [string, User | undefined, string | undefined]>([
      ['passes', user('RECOVERY', { ...old, statusChangedMs: OWN_MS }), undefined],
      ['passes, whatever the status, if it is as before', user('SUSPENDED', old), undefined],
      ['passes if it was not read', undefined, undefined],
      [
        'passes if no time is known',
        user('RECOVERY', { statusChangedMs: undefined, passwordChangedMs: undefined }),
        undefined,
      ],
      [
        'does not pass in RECOVERY later than that',
        user('RECOVERY', { ...old, statusChangedMs: OWN_MS + 1 }),
        'changed-since',
      ],
      [
        'does not pass in PASSWORD_EXPIRED later than that',
        user('PASSWORD_EXPIRED', { ...old, statusChangedMs: OWN_MS + 1 }),
        'changed-since',
      ],
      [
        'passes in another status later than that',
        user('ACTIVE', { ...old, statusChangedMs: OWN_MS + 1 }),
        undefined,
      ],
      [
        'passes with a password of that time',
        user('ACTIVE', { ...old, passwordChangedMs: OWN_MS }),
        undefined,
      ],
      [
        'does not pass with a password later than that',
        user('ACTIVE', { ...old, passwordChangedMs: OWN_MS + 1 }),
        'changed-since',
      ],
    ])('%s', (_, live, reason) => {
      expect(judged(target('ACTIVE'), live, { ownUntilMs: OWN_MS })).toBe(reason);
    });
  });

  test('that is protected by now is skipped, whether read or not', () => {
    const excluded = [userId(1)];
    expect(judged(target('ACTIVE'), undefined, { excluded })).toBe('excluded');
    expect(judged(target('ACTIVE'), user('ACTIVE'), { excluded })).toBe('excluded');
  });

  test('is contained, no matter who has changed the password', () => {
    const changed = user('ACTIVE', { passwordChangedMs: LATER_MS });
    expect(judged(target('ACTIVE'), changed, { action: 'suspend' })).toBeUndefined();
    expect(judged(target('ACTIVE'), changed, { action: 'expire-password' })).toBe('changed-since');
  });
});

describe('a user on whom another run has acted', () => {
  const DONE_MS = Date.UTC(2026, 10, 22, 3, 15);
  const repeat: Repeat = { runId: 'r1', name: 'run-1', doneMs: DONE_MS };
  const judge = (again: boolean, exempt?: () => boolean) =>
    new RepeatJudge(
      { of: (id) => (id === userId(1) ? repeat : undefined) },
      exempt === undefined ? { again } : { again, exempt },
    );

  test('counts as unchanged up to two seconds after the success, and if it was not read', () => {
    const at = (statusChangedMs: number, passwordChangedMs: number) =>
      isUnchangedSince({ statusChangedMs, passwordChangedMs }, DONE_MS);
    expect(at(DONE_MS + 2000, DONE_MS)).toBe(true);
    expect(at(DONE_MS + 2001, DONE_MS)).toBe(false);
    expect(at(DONE_MS, DONE_MS + 2001)).toBe(false);
    expect(isUnchangedSince(undefined, DONE_MS)).toBe(true);
  });

  test('is left out and counted, with the run that did it', () => {
    const repeats = judge(false);
    expect(repeats.judge(userId(1), user('RECOVERY'))).toEqual({
      kind: 'skip',
      reason: 'already-done',
      detail: 'Run r1 did this at 2026-11-22 03:15 UTC; nothing has changed since.',
    });
    expect(repeats.judge(userId(1), undefined)).toMatchObject({
      detail: 'Run r1 did this at 2026-11-22 03:15 UTC; the user was not read.',
    });
    expect(repeats.judge(userId(2), user('RECOVERY'))).toBeUndefined();
    expect(repeats.counts).toEqual({ rows: 2, runs: ['run-1'], again: false });
  });

  test('is counted with a hundred runs at most, each once', () => {
    const repeats = new RepeatJudge(
      { of: (id) => ({ ...repeat, name: `run-${Number(id.slice(3)) % 150}` }) },
      { again: false },
    );
    for (const n of range(0, 299)) repeats.judge(userId(n), user('RECOVERY'));
    expect(repeats.counts).toEqual({
      rows: 300,
      runs: range(0, 99).map((n) => `run-${n}`),
      again: false,
    });
  });

  test('is acted on, and counted, with --again; not counted if it has changed or is exempt', () => {
    const again = judge(true);
    expect(again.judge(userId(1), user('RECOVERY'))).toBeUndefined();
    expect(again.counts).toEqual({ rows: 1, runs: ['run-1'], again: true });
    const changed = judge(false);
    const since = user('ACTIVE', { passwordChangedMs: DONE_MS + 9000 });
    expect(changed.judge(userId(1), since)).toBeUndefined();
    const exempt = judge(false, () => true);
    expect(exempt.judge(userId(1), user('RECOVERY'))).toBeUndefined();
    expect([changed.counts.rows, exempt.counts.rows]).toEqual([0, 0]);
  });
});
