import { describe, expect, test } from '@jest/globals';
import type { ActionSpec } from '../../../src/domain/plan/action.ts';
import { stepsOf } from '../../../src/domain/plan/action.ts';
import type { Failure } from '../../../src/domain/row/failure.ts';
import type { User } from '../../../src/domain/org/user.ts';
import { logged, wasRead } from '../../../src/engine/doubt/reconcile.ts';
import type { Mark } from '../../../src/engine/doubt/judgement.ts';
import { lastEffectMs } from '../../../src/engine/doubt/patience.ts';
import {
  factsOf,
  freshRow,
  type ActiveRow,
  type ReadingState,
} from '../../../src/engine/row/active-row.ts';
import { answered, begin } from '../../../src/engine/row/answered.ts';
import { mayHaveSetPassword } from '../../../src/engine/row/directory-password.ts';
import { exhausted, stopOf } from '../../../src/engine/row/retry.ts';
import type { Circumstances, Transition } from '../../../src/engine/row/transition.ts';
import { idOf } from '../model-org.ts';
import { OPTIONS, RESET, targetOf } from '../invocation.ts';

const SENT_MS = 1_700_000_000_000;
const LONG_AGO_MS = SENT_MS - 86_400_000;
const TEMP: ActionSpec = { ...RESET, action: 'temp-password', sendEmail: false };
const { patience } = OPTIONS;
const LAST_MS = lastEffectMs(SENT_MS, patience);
const BEFORE = { status: 'ACTIVE', statusChangedMs: LONG_AGO_MS, passwordChangedMs: LONG_AGO_MS };

function around(more: Partial<Circumstances> = {}): Circumstances {
  const terms = { spec: RESET, maxRetries: 5, patience, random: () => 1 };
  return { ...terms, orgNowMs: SENT_MS + 1000, silentCalls: 0, ...more };
}

function markOf(spec: ActionSpec, more: Partial<Mark> = {}): Mark {
  const [step] = stepsOf(spec);
  return { step: step!, attempt: 1, serverTimeMs: SENT_MS, before: BEFORE, ...more };
}

function failed(status: number, oktaCode?: string, more: Partial<Failure> = {}): Failure {
  const known = { kind: 'okta', status, oktaCode, message: 'as Okta says', requestId: 'req1' };
  return {
    ...known,
    insufficientScope: false,
    throttle: undefined,
    effect: 'none',
    ...more,
  } as Failure;
}

const UNREADABLE = failed(403, 'E0000006');
const GONE = failed(404, 'E0000007');
const SILENCE = {
  kind: 'transport',
  code: 'ECONNREFUSED',
  message: '',
  status: undefined,
  requestId: undefined,
  effect: 'none',
} as Failure;

function user(
  status: string,
  statusChangedMs = LONG_AGO_MS,
  passwordChangedMs = LONG_AGO_MS,
): User {
  const person = { id: idOf(1), login: 'x', email: undefined, secondEmail: undefined, raw: {} };
  const provider = { providerType: 'OKTA', providerName: undefined };
  return { ...person, ...provider, status, statusChangedMs, passwordChangedMs };
}

const MAILED = user('RECOVERY', SENT_MS + 500);

/** What comes next, in words. */
function told({ row, next, halt }: Transition): string {
  const stop = halt === undefined ? '' : `, stop: ${halt.kind}`;
  switch (next.kind) {
    case 'go-on':
      return `${row.state.kind} after ${next.afterMs}${stop}`;
    case 'leave':
      return `left${stop}`;
    case 'end': {
      const { outcome, reason = '', reconciled } = next.ending;
      return `${outcome} ${reason}${reconciled ? ', by reading' : ''}${stop}`;
    }
  }
}

interface Scene {
  readonly spec?: ActionSpec;
  readonly row?: Partial<ActiveRow>;
  readonly atMs?: number;
  readonly more?: Partial<Circumstances>;
}

function rowOf(spec: ActionSpec, more: Partial<ActiveRow> = {}): ActiveRow {
  return { ...freshRow(targetOf(1), stepsOf(spec)), before: BEFORE, ...more };
}

/** A read of the user, for a row in this state. */
function read(state: ReadingState, shown: User | Failure, scene: Scene = {}): Transition {
  const { spec = RESET, atMs = SENT_MS + 1000 } = scene;
  const answer =
    'login' in shown
      ? ({ kind: 'ok', value: { user: shown } } as const)
      : ({ kind: 'failed', failure: shown } as const);
  const row = rowOf(spec, { state, ...scene.row });
  const terms = around({ spec, orgNowMs: atMs, ...scene.more });
  return wasRead(row, state, { answer: answer as never, atMs }, terms);
}

function settling(spec = RESET, quietMs?: number): ReadingState {
  const doubt = { mark: markOf(spec), sinceMs: SENT_MS, quietMs };
  return { kind: 'settling', doubt, readTries: 0 };
}

describe('a row whose call might have taken effect', () => {
  test('has succeeded as soon as its user shows it', () => {
    expect(told(read(settling(), MAILED))).toBe('succeeded , by reading');
  });

  test('is read until the call is too old, twice more 10 s apart, and then looked for in the log', () => {
    const seen = user('ACTIVE');
    expect(told(read(settling(), seen, { atMs: SENT_MS + 500 }))).toBe('settling after 2000');
    expect(told(read(settling(), seen, { atMs: SENT_MS + 5000 }))).toBe('settling after 5000');
    expect(told(read(settling(), seen, { atMs: SENT_MS + 50_000 }))).toBe('settling after 30000');
    // A read that began at the last moment might have come too soon.
    expect(told(read(settling(), seen, { atMs: LAST_MS }))).toBe('settling after 1');
    const quiet = read(settling(), seen, { atMs: LAST_MS + 1 });
    expect(told(quiet)).toBe(`settling after ${patience.readLagMs}`);
    const later = settling(RESET, LAST_MS + 1);
    const endMs = LAST_MS + 1 + patience.readLagMs;
    expect(told(read(later, seen, { atMs: endMs - 1 }))).toBe('settling after 1');
    const asking = read(later, seen, { atMs: endMs });
    expect(told(asking)).toBe('asking after 0');
    expect(asking.row.state).toMatchObject({ showsNone: true });
  });

  test('that can no longer be read is looked for in the log, which then decides', () => {
    const young = told(read(settling(), UNREADABLE));
    expect(young).toBe('settling after 2000');
    const asking = read(settling(RESET, LAST_MS + 1), UNREADABLE, { atMs: LAST_MS + 60_000 });
    expect(told(asking)).toBe('asking after 0');
    expect(asking.row.state).toMatchObject({ showsNone: false });
  });

  test('is unknown if its user is gone', () => {
    expect(told(read(settling(), GONE))).toBe('unknown gone');
  });

  test('stays open, and stops the run, if Okta answers nothing', () => {
    const tries = { ...settling(), readTries: 4 } as ReadingState;
    expect(told(read(tries, SILENCE, { more: { silentCalls: 4 } }))).toBe(
      'left, stop: org-unavailable',
    );
    expect(told(read(tries, SILENCE, { more: { silentCalls: 3 } }))).toBe('settling after 2000');
  });
});

describe('a row that asked the System Log', () => {
  const log = (
    found: 'found' | 'not-found' | 'unreadable',
    spec: ActionSpec,
    showsNone = false,
    failedTries = 0,
  ) => {
    const doubt = { mark: markOf(spec), sinceMs: SENT_MS, quietMs: undefined };
    const state = { kind: 'asking', doubt, showsNone } as const;
    const tries = { firstMark: undefined, failed: failedTries, throttles: 0, failure: undefined };
    return told(logged(rowOf(spec, { state, tries }), state, found, around({ spec })));
  };

  test.each([
    ['found', RESET, false, 'succeeded , by reading'],
    ['not-found', RESET, true, 'ready after 500'],
    ['unreadable', RESET, true, 'ready after 500'],
    ['not-found', RESET, false, 'unknown undecided'],
    ['unreadable', RESET, false, 'unknown unreadable'],
    ['found', TEMP, false, 'ready after 0'],
    ['unreadable', TEMP, false, 'ready after 0'],
  ] as const)('%s', (found, spec, showsNone, expected) => {
    expect(log(found, spec, showsNone)).toBe(expected);
  });

  test('for a secret, with no try left, is unknown', () => {
    expect(log('not-found', TEMP, false, 4)).toBe('ready after 0');
    expect(log('not-found', TEMP, false, 5)).toBe('unknown undecided');
  });
});

describe('a row that Okta refused because of its user’s state', () => {
  const state = { kind: 'checking-state', readTries: 0 } as const;
  test.each<[string, User | Failure, string]>([
    ['by status', user('SUSPENDED'), 'failed status:SUSPENDED'],
    ['by provider', { ...user('ACTIVE'), providerType: 'LDAP' }, 'failed provider:LDAP'],
    ['of another status', { ...user('STAGED'), providerType: 'LDAP' }, 'failed status:STAGED'],
    ['of Okta', user('ACTIVE'), 'failed status:ACTIVE'],
    ['imported', { ...user('ACTIVE'), providerType: 'IMPORT' }, 'failed status:ACTIVE'],
    ['gone', GONE, 'failed not-found'],
    ['unreadable', UNREADABLE, 'failed state-changed'],
  ])('%s', (_, shown, expected) => {
    expect(told(read(state, shown))).toBe(expected);
  });

  test('has succeeded if an earlier try shows now', () => {
    const tries = { firstMark: markOf(RESET), failed: 1, throttles: 0, failure: undefined };
    expect(told(read(state, MAILED, { row: { tries } }))).toBe('succeeded , by reading');
    expect(told(read(state, MAILED))).toBe('failed status:RECOVERY');
  });

  test('is skipped if the user is already in the requested state, except for a password', () => {
    const suspend: ActionSpec = { ...RESET, action: 'suspend' };
    expect(told(read(state, user('SUSPENDED'), { spec: suspend }))).toMatch(
      /^skipped .*, by reading$/,
    );
    expect(told(read(state, user('ACTIVE'), { spec: suspend }))).toBe('failed refused');
    expect(told(read(state, user('STAGED'), { spec: suspend }))).toBe('failed status:STAGED');
  });
});

describe('a row whose user was just emailed, according to Okta', () => {
  const state = { kind: 'checking-recipient', readTries: 0 } as const;
  const tries = { firstMark: markOf(RESET), failed: 0, throttles: 0, failure: undefined };

  test('by this run: it has succeeded', () => {
    expect(told(read(state, MAILED, { row: { tries } }))).toBe('succeeded , by reading');
  });

  test('by somebody else: it is skipped, unless the user was in RECOVERY before', () => {
    expect(told(read(state, MAILED))).toBe('skipped already-in-recovery, by reading');
    const before = { ...BEFORE, status: 'RECOVERY' };
    expect(told(read(state, MAILED, { row: { before } }))).toBe('ready after 500');
    expect(told(read(state, user('ACTIVE')))).toBe('ready after 500');
  });

  test('is sent again if the user cannot be read, and failed if there is none', () => {
    expect(told(read(state, UNREADABLE))).toBe('ready after 500');
    expect(told(read(state, GONE))).toBe('failed not-found');
  });

  test('is sent again if it is for a secret, no matter who came first', () => {
    expect(told(read(state, MAILED, { spec: TEMP, row: { tries } }))).toBe('ready after 500');
  });
});

describe('a secret at hand, after an attempt in doubt', () => {
  const ANSWERED_MS = SENT_MS + 300;
  const state = (looks: number): ReadingState => ({
    kind: 'checking-secret',
    mark: markOf(TEMP),
    kept: { answeredMs: ANSWERED_MS, facts: { status: 200, secret: 'abc' }, looks },
    readTries: 0,
  });
  const seen = (passwordChangedMs: number, looks = 0) =>
    read(state(looks), user('ACTIVE', LONG_AGO_MS, passwordChangedMs), { spec: TEMP });

  test('is valid if the password is the one of its call, to the second', () => {
    expect(told(seen(SENT_MS - 1000))).toBe('succeeded ');
    expect(told(seen(ANSWERED_MS + 1000))).toBe('succeeded ');
  });

  test('is issued again if the password changed later, and does not count as handed out', () => {
    const again = seen(ANSWERED_MS + 1001);
    expect(told(again)).toBe('ready after 0');
    expect(again.row.reissued).toBe(1);
    expect(again.settled).toMatchObject({ effect: 'applied', facts: { status: 200 } });
    expect(again.settled?.facts).not.toHaveProperty('secret');
  });

  test('is checked again if a read shows the earlier password', () => {
    expect(told(seen(SENT_MS - 1001))).toBe(`checking-secret after ${patience.readLagMs}`);
    expect(told(seen(SENT_MS - 1001, 1))).toBe('succeeded ');
  });

  test('is valid by Okta’s answer if no read contradicts it', () => {
    expect(told(read(state(0), GONE, { spec: TEMP }))).toBe('succeeded ');
    expect(told(read(state(0), UNREADABLE, { spec: TEMP }))).toBe('succeeded ');
  });

  const granted = (more: Partial<ActiveRow>, serverTimeMs: number | undefined) => {
    const row = rowOf(TEMP, { state: { kind: 'sent', mark: markOf(TEMP) }, ...more });
    const call = { status: 200, requestId: 'r', serverTimeMs, durationMs: 40, kept: 'abc' };
    return answered(row, { kind: 'ok', effect: 'secret', call } as never, around({ spec: TEMP }));
  };

  test('is checked from the beginning, and each check reads from the beginning', () => {
    const { state: first } = granted({ doubted: true }, undefined).row;
    expect(first).toMatchObject({ kind: 'checking-secret', kept: { looks: 0 }, readTries: 0 });
    const early = user('ACTIVE', LONG_AGO_MS, SENT_MS - 1001);
    const again = read({ ...state(0), readTries: 3 }, early, { spec: TEMP }).row.state;
    expect(again).toMatchObject({ kind: 'checking-secret', kept: { looks: 1 }, readTries: 0 });
  });

  test.each([
    ['after a doubt', { doubted: true }, 'checking-secret after 0'],
    ['after a lost one', { reissued: 1 }, 'checking-secret after 0'],
    ['else not', {}, 'succeeded '],
  ])('%s, is compared with the user', (_, more, expected) => {
    expect(told(granted(more, undefined))).toBe(expected);
  });

  test('is counted from Okta’s time, else from when it was sent and how long that took', () => {
    const answeredMs = (serverTimeMs: number | undefined) => {
      const { state: next } = granted({ doubted: true }, serverTimeMs).row;
      return next.kind === 'checking-secret' ? next.kept.answeredMs : undefined;
    };
    expect(answeredMs(SENT_MS + 7000)).toBe(SENT_MS + 7000);
    expect(answeredMs(undefined)).toBe(SENT_MS + 40);
  });
});

test('a directory that cannot be read any longer has perhaps set the password: unknown', () => {
  const doubt = { mark: markOf(TEMP), sinceMs: SENT_MS, quietMs: LAST_MS + 1 };
  const state: ReadingState = { kind: 'checking-directory', doubt, readTries: 0 };
  const at = (atMs: number) => told(read(state, UNREADABLE, { spec: TEMP, atMs }));
  expect(at(LAST_MS + 60_000)).toBe('unknown unreadable');
  expect(at(LAST_MS)).toBe('checking-directory after 1');
});

test('a password that the org has only expired is issued by the other call, whichever answer shows it', () => {
  const call = { status: 200, requestId: 'r', serverTimeMs: SENT_MS, durationMs: 40 };
  const sent = rowOf(TEMP, { state: { kind: 'sent', mark: markOf(TEMP) } });
  const write = { kind: 'ok', effect: 'expired-without-password', call } as const;
  const answer = answered(sent, write, around({ spec: TEMP }));
  const shown = user('PASSWORD_EXPIRED', SENT_MS + 500);
  const seen = read(settling(TEMP, LAST_MS + 1), shown, { spec: TEMP, atMs: LAST_MS + 60_000 });
  for (const [transition, reconciled] of [
    [answer, false],
    [seen, true],
  ] as const) {
    expect(told(transition)).toBe('ready after 0');
    expect(transition.row.steps).toEqual(['temp-password-split']);
    expect(transition.settled).toMatchObject({ effect: 'applied', reconciled });
  }
});

test('tries that count and answers of a rate limit are counted apart', () => {
  const sent = (tries: Partial<ActiveRow['tries']>) =>
    rowOf(RESET, {
      state: { kind: 'sent', mark: markOf(RESET) },
      tries: { firstMark: undefined, failed: 1, throttles: 2, failure: undefined, ...tries },
    });
  const after = (failure: Failure, tries = {}) => {
    const { row, next } = answered(sent(tries), { kind: 'failed', failure }, around());
    const { failed: count, throttles } = row.tries;
    return [count, throttles, next.kind === 'go-on' ? next.afterMs : next.kind];
  };
  const limited = (kind: string) => failed(429, 'E0000047', { throttle: { kind } } as never);
  expect(after(limited('window'))).toEqual([1, 3, 500]);
  expect(after(limited('window'), { throttles: 0 })).toEqual([1, 1, 0]);
  expect(after(limited('concurrency'))).toEqual([1, 3, 4000]);
  expect(after(failed(503, 'E0000010'))).toEqual([2, 0, 30_000]);
  expect(after(SILENCE)).toEqual([2, 0, 1000]);
});

test('a last step that the user’s status does not allow is left out, and ends the row with its reason', () => {
  const spec: ActionSpec = { ...TEMP, order: 'password-first', resetFactors: true };
  const state = { kind: 'checking-state', readTries: 0 } as const;
  const last = (steps: ActiveRow['steps']) =>
    told(read(state, user('LOCKED_OUT'), { spec, row: { steps, mainDone: true } }));
  expect(last(['reset-factors'])).toBe('succeeded factors-kept');
  expect(last(['reset-factors', 'end-tokens'])).toBe('ready after 0');
});

test.each<[Failure, string]>([
  [failed(403, 'E0000006'), 'E0000006: as Okta says'],
  [failed(502), 'HTTP 502: as Okta says'],
  [failed(502, undefined, { message: '' }), 'HTTP 502'],
  [SILENCE, 'ECONNREFUSED'],
  [{ ...SILENCE, message: 'gone' }, 'ECONNREFUSED: gone'],
  [{ kind: 'answer', status: 200, message: '' } as Failure, 'HTTP 200'],
])('a stop names its failure: %#', (failure, detail) => {
  expect(stopOf('permission', failure)).toEqual({ kind: 'permission', detail });
});

test.each<[Failure, string]>([
  [SILENCE, 'transport:ECONNREFUSED'],
  [{ kind: 'answer', status: 200, message: '' } as Failure, 'unreadable-answer'],
  [failed(403, 'E0000006'), 'no-permission'],
  [failed(404, 'E0000007'), 'not-found'],
  [failed(410), 'not-found'],
  [failed(400, 'E0000001'), 'refused'],
  [failed(404, undefined, { effect: 'possible' }), 'no-effect'],
])(
  'a row without a try left fails for the reason of its failure, unless the org is silent: %#',
  (failure, reason) => {
    expect(exhausted(failure, { orgSilent: false })).toEqual({ kind: 'fail', reason });
    expect(exhausted(failure, { orgSilent: true })).toMatchObject({
      kind: 'halt',
      stop: { kind: 'org-unavailable' },
    });
  },
);

test('an accepted answer is not a read; one without its secret has the secret issued again', () => {
  const call = { status: 200, requestId: 'r', serverTimeMs: SENT_MS, durationMs: 40 };
  const grant = (spec: ActionSpec) => {
    const row = rowOf(spec, { state: { kind: 'sent', mark: markOf(spec) } });
    return answered(row, { kind: 'ok', effect: 'done', call } as never, around({ spec }));
  };
  expect(told(grant(RESET))).toBe('succeeded ');
  expect(told(grant(TEMP))).toBe('ready after 0');
  expect(grant(TEMP).settled?.reconciled).toBe(false);
});

test('a row whose steps are all done has succeeded; an attempt ahead of the org’s clock is as old as this read', () => {
  expect(told(begin(rowOf(RESET, { steps: [] }), around()))).toBe('succeeded , by reading');
  const mark = markOf(RESET, { serverTimeMs: SENT_MS + 9000 });
  const begun = begin(rowOf(RESET, { state: { kind: 'sent', mark } }), around());
  const doubt = { sinceMs: SENT_MS + 1000 };
  // A secret that comes after it must be compared with the user.
  expect(begun.row.doubted).toBe(true);
  expect(begun.row.state).toMatchObject({ kind: 'settling', doubt, readTries: 0 });
});

test('only a directory’s refusal of a password might have set it', () => {
  const may = (failure: Failure, providerType: string, spec = TEMP) =>
    mayHaveSetPassword({ ...rowOf(spec), target: { ...targetOf(1), providerType } }, failure);
  const refusal = failed(403, 'E0000014');
  expect(may(refusal, 'ACTIVE_DIRECTORY')).toBe(true);
  expect(may(refusal, 'LDAP')).toBe(true);
  expect(may(refusal, 'OKTA')).toBe(false);
  expect(may(refusal, 'IMPORT')).toBe(false);
  expect(may(refusal, 'LDAP', RESET)).toBe(false);
  expect(may(failed(403, 'E0000006'), 'LDAP')).toBe(false);
  expect(may({ ...SILENCE, oktaCode: 'E0000014' } as Failure, 'LDAP')).toBe(false);
});

test('the journal keeps status, code, text, request id and the digest of a secret, if an answer has them', () => {
  expect(factsOf(undefined)).toEqual({});
  expect(factsOf(SILENCE)).toEqual({});
  expect(factsOf({ ...SILENCE, message: 'refused' })).toEqual({ message: 'refused' });
  expect(factsOf(failed(400, 'E0000001'))).toEqual({
    status: 400,
    oktaCode: 'E0000001',
    message: 'as Okta says',
    requestId: 'req1',
  });
  expect(factsOf(failed(400))).not.toHaveProperty('oktaCode');
  const kept = { status: 200, requestId: 'r', serverTimeMs: 1, durationMs: 1, kept: 'abc' };
  expect(factsOf(kept as never)).toEqual({ status: 200, requestId: 'r', secret: 'abc' });
});

test('an attempt that is repeated without a look is recorded by what is known of its effect', () => {
  const steps = ['revoke-sessions'] as const;
  const mark = markOf(RESET, { step: 'revoke-sessions' });
  const recorded = (failure: Failure) => {
    const row = rowOf(RESET, { steps: [...steps], state: { kind: 'sent', mark } });
    const { settled, next } = answered(row, { kind: 'failed', failure }, around());
    return [settled?.effect, next.kind];
  };
  const limited = failed(429, 'E0000047', { throttle: { kind: 'window' } } as never);
  expect(recorded(limited)).toEqual(['not-applied', 'go-on']);
  expect(recorded(failed(503, 'E0000010'))).toEqual(['not-applied', 'go-on']);
  expect(recorded(failed(504, undefined, { effect: 'possible' }))).toEqual(['unknown', 'go-on']);
  expect(recorded({ ...SILENCE, effect: 'possible' } as Failure)).toEqual(['unknown', 'go-on']);
});
