import { describe, expect, test } from '@jest/globals';
import { stepsOf, type ActionSpec } from '../../../src/domain/plan/action.ts';
import type { AttemptRecord, OpenRow } from '../../../src/domain/run/journal-record.ts';
import type { Step } from '../../../src/domain/plan/step.ts';
import { resumedRow } from '../../../src/engine/row/active-row.ts';
import { idOf } from '../model-org.ts';
import { OPTIONS, RESET, targetOf } from '../invocation.ts';

const PATIENCE = OPTIONS.patience;

const LINK: ActionSpec = { ...RESET, sendEmail: false };
const TEMP: ActionSpec = { ...RESET, action: 'temp-password', sendEmail: false };
/** Sessions are ended after the password call; factors are removed before it, or after it where Okta allows that. */
const MORE = { order: 'password-first', revokeTokens: true, resetFactors: true } as const;
const ALL: ActionSpec = { ...RESET, ...MORE };
const ALL_TEMP: ActionSpec = { ...TEMP, ...MORE };

function attempt(step: Step): AttemptRecord {
  const before = { status: 'ACTIVE', statusChangedMs: 1, passwordChangedMs: 1 };
  const stands = { kind: 'attempt', at: '2026-11-22T04:32:29.239Z', row: 1 } as const;
  return { ...stands, userId: idOf(1), step, attempt: 2, serverTimeMs: 5, before };
}

function resumed(spec: ActionSpec, applied: readonly Step[], more: Partial<OpenRow> = {}) {
  const open = { row: 1, attempts: 2, startedAt: 'then', pending: undefined } as const;
  return resumedRow(targetOf(1), spec, { ...open, stepsApplied: applied, ...more }, PATIENCE);
}

describe('a row that an invocation left', () => {
  // prettier-ignore
  test.each<[string, ActionSpec, readonly Step[], Partial<OpenRow>, readonly Step[], object]>([
    ['before anything took effect', RESET, [], {}, ['reset-password'], { mainDone: false, reissued: 0, after: undefined }],
    ['done, but for its end', RESET, ['reset-password'], {}, [], { mainDone: true, reissued: 0 }],
    ['with its mail sent, and tokens to revoke', ALL, ['reset-factors', 'reset-password'], {}, ['end-tokens'], { mainDone: true, after: 'reset-password', leftOut: undefined }],
    ['with its factors removed', ALL, ['reset-factors'], {}, ['reset-password', 'end-tokens'], { mainDone: false, after: 'reset-factors' }],
    ['with its factors removed before a password', { ...TEMP, resetFactors: true }, ['reset-factors'], {}, ['temp-password'], { mainDone: false, after: 'reset-factors', reissued: 0 }],
    ['whose factors were left out for its status', ALL, ['reset-password'], {}, ['end-tokens'], { leftOut: 'factors-kept' }],
    ['with its link on disk', LINK, ['reset-password'], { secretKept: true }, [], { mainDone: true, reissued: 0 }],
    ['whose link got lost', LINK, ['reset-password'], {}, ['reset-password'], { mainDone: false, reissued: 1 }],
    ['whose password got lost', TEMP, ['temp-password', 'temp-password-split'], {}, ['temp-password-split'], { mainDone: false, reissued: 1 }],
    ['whose org has only expired the password', TEMP, ['temp-password'], {}, ['temp-password-split'], { mainDone: false, reissued: 0 }],
    ['whose password is on disk, with tokens to revoke', ALL_TEMP, ['temp-password-split'], { secretKept: true }, ['reset-factors', 'end-tokens'], { mainDone: true, reissued: 0 }],
    ['under way', ALL, ['reset-factors'], { pending: attempt('reset-password') }, ['reset-password', 'end-tokens'], { mainDone: false, reissued: 0 }],
    ['under way by the other endpoint', ALL_TEMP, ['temp-password'], { pending: attempt('temp-password-split') }, ['temp-password-split', 'reset-factors', 'end-tokens'], { reissued: 0 }],
    ['under way after its password was done', ALL, ['reset-factors', 'reset-password'], { pending: attempt('end-tokens') }, ['end-tokens'], { mainDone: true }],
  ])('%s', (_, spec, applied, open, left, expected) => {
    const row = resumed(spec, applied, open);
    expect(row.steps).toEqual(left);
    expect(row).toMatchObject(expected);
    expect(new Set([...applied, ...left]).size).toBeGreaterThanOrEqual(stepsOf(spec).length - (row.leftOut === undefined ? 0 : 1));
  });

  test('continues with what the journal says about it', () => {
    const mark = attempt('reset-password');
    expect(resumed(RESET, [], { mark })).toMatchObject({
      state: { kind: 'ready' },
      attempts: 2,
      startedAt: 'then',
      mainMark: mark,
      doubted: true,
      ownDoing: false,
      tries: { firstMark: undefined, failure: undefined },
    });
    expect(resumed(RESET, [], { attempts: 0 }).doubted).toBe(false);
    expect(resumed(ALL, ['reset-password']).ownDoing).toBe(true);
    const pending = resumed(RESET, [], { pending: mark });
    expect(pending).toMatchObject({ state: { kind: 'sent', mark }, tries: { firstMark: mark } });
    expect(pending.tries.failure).toBeUndefined();
  });

  test('has Okta’s answer to the attempt in doubt, but not its effect', () => {
    const pending = attempt('reset-password');
    const answer = { status: 403, oktaCode: 'E0000014', requestId: 'req1' };
    expect(resumed(RESET, [], { pending, answer }).tries.failure).toEqual({
      kind: 'okta',
      ...answer,
      message: '',
      insufficientScope: false,
      throttle: undefined,
      effect: 'possible',
    });
    expect(resumed(RESET, [], { pending, answer: {} }).tries.failure).toBeUndefined();
    expect(resumed(RESET, [], { answer }).tries.failure).toBeUndefined();
  });
});
