import { describe, expect, test } from '@jest/globals';
import type { Failure, Throttle } from '../../src/domain/row/failure.ts';
import { decide, decideRead } from '../../src/engine/row/retry.ts';
import type { Decision, Trouble } from '../../src/engine/row/retry.ts';

const CALM: Trouble = {
  step: 'reset-password',
  tries: 0,
  throttles: 0,
  maxRetries: 3,
  orgSilent: false,
  random: () => 0,
};

function okta(status: number, oktaCode?: string, more: Partial<Failure> = {}): Failure {
  return {
    kind: 'okta',
    status,
    oktaCode,
    message: 'why',
    requestId: 'r',
    insufficientScope: false,
    throttle: undefined,
    effect: 'none',
    ...more,
  } as Failure;
}

function throttled(throttle: Throttle): Failure {
  return okta(429, throttle.kind === 'recipient' ? 'E0000118' : 'E0000047', { throttle });
}

function transport(code: string, effect: 'none' | 'possible' | 'certain'): Failure {
  return { kind: 'transport', code, message: 'm', status: undefined, requestId: undefined, effect };
}

const retry = (afterMs: number, counts = true): Decision => ({ kind: 'retry', afterMs, counts });
const fail = (reason: string): Decision => ({ kind: 'fail', reason });
const halt = (kind: 'credentials' | 'permission' | 'our-bug' | 'org-unavailable') =>
  expect.objectContaining({ kind: 'halt', stop: expect.objectContaining({ kind }) });

const ANSWER: Failure = {
  kind: 'answer',
  status: 200,
  message: 'm',
  requestId: 'r',
  effect: 'certain',
};

const TABLE: readonly (readonly [string, Failure, Partial<Trouble>, unknown])[] = [
  // 1. certain
  ['a 2xx without its secret', ANSWER, {}, { kind: 'applied' }],
  ['a body cut after 200', transport('UND_ERR_SOCKET', 'certain'), {}, { kind: 'applied' }],
  // 2. limits, however often
  ['a window 429', throttled({ kind: 'window' }), {}, retry(0, false)],
  ['a window 429 with no tries left', throttled({ kind: 'window' }), { tries: 9 }, retry(0, false)],
  ['window 429s in a row', throttled({ kind: 'window' }), { throttles: 3 }, retry(500, false)],
  ['a concurrency 429', throttled({ kind: 'concurrency' }), {}, retry(500, false)],
  [
    'concurrency 429s in a row',
    throttled({ kind: 'concurrency' }),
    { throttles: 2 },
    retry(2000, false),
  ],
  [
    'a mail just sent',
    throttled({ kind: 'recipient', waitMs: 1000 }),
    {},
    { kind: 'check', why: 'recipient', afterMs: 6000 },
  ],
  [
    'a mail just sent, longer',
    throttled({ kind: 'recipient', waitMs: 9000 }),
    {},
    { kind: 'check', why: 'recipient', afterMs: 9000 },
  ],
  // 3. possible
  [
    'a socket cut before the answer',
    transport('UND_ERR_SOCKET', 'possible'),
    {},
    { kind: 'reconcile' },
  ],
  [
    'no answer in time',
    transport('UND_ERR_HEADERS_TIMEOUT', 'possible'),
    { tries: 9 },
    { kind: 'reconcile' },
  ],
  ['E0000009', okta(500, 'E0000009', { effect: 'possible' }), {}, { kind: 'reconcile' }],
  ['an HTML 502', okta(502, undefined, { effect: 'possible' }), {}, { kind: 'reconcile' }],
  [
    'an agent that timed out',
    okta(502, 'E0000240', { effect: 'possible' }),
    {},
    { kind: 'reconcile' },
  ],
  [
    'a lost answer of a step that may be repeated',
    transport('UND_ERR_SOCKET', 'possible'),
    { step: 'revoke-tokens' },
    retry(250),
  ],
  [
    'the same, out of tries',
    transport('UND_ERR_SOCKET', 'possible'),
    { step: 'revoke-tokens', tries: 3 },
    { kind: 'unproven' },
  ],
  [
    'the same, out of tries, nobody gets through',
    transport('UND_ERR_SOCKET', 'possible'),
    { step: 'revoke-tokens', tries: 3, orgSilent: true },
    halt('org-unavailable'),
  ],
  [
    'a 401 page of a proxy',
    okta(401, undefined, { effect: 'possible' }),
    {},
    { kind: 'reconcile', halt: expect.objectContaining({ kind: 'credentials' }) },
  ],
  [
    'a 429 page of a proxy',
    okta(429, undefined, { effect: 'possible', throttle: { kind: 'window' } }),
    {},
    { kind: 'reconcile' },
  ],
  // 4. nobody
  ['an invalid token', okta(401, 'E0000011'), {}, halt('credentials')],
  ['a 401 without a code', okta(401), {}, halt('credentials')],
  [
    'a missing scope',
    okta(403, 'insufficient_scope', { insufficientScope: true }),
    {},
    halt('permission'),
  ],
  ['a malformed request', okta(400, 'E0000003'), {}, halt('our-bug')],
  ['a missing length', okta(411), {}, halt('our-bug')],
  ['a path that is not there', okta(404, 'E0000008'), {}, halt('our-bug')],
  ['a redirect', okta(302), {}, halt('org-unavailable')],
  [
    'a certificate that nobody knows',
    transport('CERT_HAS_EXPIRED', 'none'),
    {},
    halt('org-unavailable'),
  ],
  // 5. the user's state
  ['not in this status', okta(403, 'E0000038'), {}, { kind: 'check', why: 'state', afterMs: 0 }],
  ['reset failed', okta(403, 'E0000017'), {}, { kind: 'check', why: 'state', afterMs: 0 }],
  // 6. later
  ['a refused connection', transport('ECONNREFUSED', 'none'), {}, retry(250)],
  [
    'a refused connection, third time',
    transport('ECONNREFUSED', 'none'),
    { tries: 2 },
    retry(1000),
  ],
  [
    'a refused connection, out of tries, others get through',
    transport('ECONNREFUSED', 'none'),
    { tries: 3 },
    fail('transport:ECONNREFUSED'),
  ],
  [
    'a refused connection, out of tries, nobody gets through',
    transport('ECONNREFUSED', 'none'),
    { tries: 3, orgSilent: true },
    halt('org-unavailable'),
  ],
  ['a socket that broke before anything left', transport('UND_ERR_SOCKET', 'none'), {}, retry(250)],
  ['a token that was renewed', transport('TOKEN_RENEWED', 'none'), {}, retry(0)],
  [
    'held back by a stop, out of tries',
    transport('ABORTED', 'none'),
    { tries: 3, orgSilent: true },
    { kind: 'retry', afterMs: 0, counts: false },
  ],
  ['read-only mode', okta(503, 'E0000010'), {}, retry(7500)],
  ['read-only mode for long', okta(503, 'E0000010'), { tries: 3 }, halt('org-unavailable')],
  ['a user in transition', okta(409, 'E0000112'), {}, retry(7500)],
  ['a user in transition for long', okta(409, 'E0000112'), { tries: 3 }, fail('refused')],
  ['no agent', okta(504, 'E0000241'), {}, retry(250)],
  ['no agent for long', okta(504, 'E0000241'), { tries: 3 }, fail('agent-unavailable')],
  // 7. for good
  ['no such user', okta(404, 'E0000007'), {}, fail('not-found')],
  ['a directory that refuses', okta(403, 'E0000014'), {}, fail('refused')],
  [
    'no permission for this user',
    okta(403, 'E0000006'),
    {},
    { ...fail('no-permission'), suspect: expect.objectContaining({ kind: 'permission' }) },
  ],
  [
    'a parameter refused',
    okta(400, 'E0000001'),
    {},
    { ...fail('refused'), suspect: expect.objectContaining({ kind: 'our-bug' }) },
  ],
];

describe('a write that did not succeed', () => {
  test.each(TABLE)('%s', (_name, failure, trouble, decision) => {
    expect(decide(failure, { ...CALM, ...trouble })).toEqual(decision);
  });

  test('that might have taken effect and ends the run is still settled', () => {
    const failure = okta(401, 'E0000011', { effect: 'possible' });
    expect(decide(failure, CALM)).toMatchObject({
      kind: 'reconcile',
      halt: { kind: 'credentials' },
    });
  });

  test('waits between half and all of a time that doubles, up to half a minute', () => {
    const waits = (random: () => number) =>
      Array.from({ length: 9 }, (_, tries) => {
        const decision = decide(transport('ECONNREFUSED', 'none'), {
          ...CALM,
          tries,
          maxRetries: 99,
          random,
        });
        return decision.kind === 'retry' ? decision.afterMs : 0;
      });
    expect(waits(() => 0)).toEqual([250, 500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
    expect(waits(() => 0.9999999)).toEqual([
      500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000,
    ]);
  });
});

describe('a read that failed while a row was settled', () => {
  const read = (failure: Failure, tries = 0, orgSilent = false) =>
    decideRead(failure, { tries, orgSilent, random: () => 0 });

  test.each([
    [
      'a broken connection',
      transport('UND_ERR_SOCKET', 'possible'),
      { kind: 'retry', afterMs: 250, counts: true },
    ],
    ['a 429', throttled({ kind: 'window' }), { kind: 'retry', afterMs: 250, counts: false }],
    ['a 5xx', okta(500, 'E0000009'), { kind: 'retry', afterMs: 250, counts: true }],
    ['no such user', okta(404, 'E0000007'), { kind: 'gone' }],
    ['a proxy’s 404', okta(404), { kind: 'retry', afterMs: 250, counts: true }],
    ['no right to read', okta(403, 'E0000006'), { kind: 'unreadable' }],
  ])('%s', (_name, failure, decision) => expect(read(failure)).toEqual(decision));

  test('is repeated after waits that double, four times if it counts', () => {
    const waits = (failure: Failure) =>
      [0, 1, 2, 3, 4].map((tries) => {
        const decision = read(failure, tries);
        return decision.kind === 'retry' ? decision.afterMs : decision.kind;
      });
    const broken = transport('ECONNRESET', 'none');
    expect(waits(broken)).toEqual([250, 500, 1000, 2000, 'unreadable']);
    expect(waits(throttled({ kind: 'window' }))).toEqual([250, 500, 1000, 2000, 4000]);
  });

  test('ends the run for a dead token, and for an org that does not answer', () => {
    for (const failure of [okta(401, 'E0000011'), okta(401)])
      expect(read(failure)).toMatchObject({ kind: 'halt', stop: { kind: 'credentials' } });
    const broken = transport('ECONNREFUSED', 'none');
    expect(read(broken, 4)).toEqual({ kind: 'unreadable' });
    expect(read(broken, 4, true)).toMatchObject({
      kind: 'halt',
      stop: { kind: 'org-unavailable' },
    });
  });
});

test.each<[string, (tries: number) => Failure, readonly number[]]>([
  ['a fault', () => transport('ECONNRESET', 'none'), [0.5, 1, 2, 4, 8, 16, 30, 30]],
  ['read-only mode', () => okta(503, 'E0000010'), [15, 30, 60, 60]],
  ['too many calls at once', () => throttled({ kind: 'concurrency' }), [1, 2, 4, 8, 8]],
  ['a used-up window', () => throttled({ kind: 'window' }), [0, 0.25, 0.5, 1, 2, 4, 8, 15, 15]],
])('the waits after %s double up to the longest, in seconds', (_, failure, seconds) => {
  const waited = seconds.map((__, tries) => {
    const trouble = { ...CALM, tries, throttles: tries, maxRetries: 99, random: () => 1 };
    const decision = decide(failure(tries), trouble);
    return decision.kind === 'retry' ? decision.afterMs / 1000 : decision.kind;
  });
  expect(waited).toEqual(seconds);
});
