import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Conversation, type Ending } from '../../src/okta/http/conversation.ts';
import { createDeadlines, type Expirable } from '../../src/okta/http/deadlines.ts';
import { serverDateOf } from '../../src/okta/http/answer-headers.ts';
import { transportCodeOf, transportFailure } from '../../src/okta/http/transport-failure.ts';

const MAX_BYTES = 100;

/** A conversation whose events the tests give; what comes of it is kept. */
function conversing(keep: 'body' | 'nothing' = 'body', held = () => false) {
  const endings: Ending[] = [];
  const aborted: string[] = [];
  let released = 0;
  const talk = new Conversation({
    keep,
    maxBytes: MAX_BYTES,
    held,
    onEnd: (ending) => endings.push(ending),
    onRelease: () => (released += 1),
  });
  const controller = { abort: (error: Error) => aborted.push(error.message) } as never;
  const events = {
    start: () => talk.onRequestStart(controller),
    head: (status: number, headers: Record<string, string> = {}) =>
      talk.onResponseStart(controller, status, headers),
    data: (text: string) => talk.onResponseData(controller, Buffer.from(text)),
    end: () => talk.onResponseEnd(),
    fail: (code: string) => talk.onResponseError(controller, Object.assign(new Error(), { code })),
    expire: () => talk.expire(),
    abort: () => talk.abort('ABORTED'),
  };
  return { ...events, endings, aborted, released: () => released };
}

const brief = (ending: Ending | undefined) =>
  ending?.kind === 'answered'
    ? `${ending.status} ${ending.body}`
    : `${ending?.code} ${ending?.started} ${ending?.status}`;

describe('a conversation', () => {
  test('ends with the answer, after an early hint', () => {
    const talk = conversing();
    talk.start();
    talk.head(103);
    talk.head(200, { 'x-a': 'b' });
    talk.data('he');
    talk.data('llo');
    expect(talk.endings).toEqual([]);
    talk.end();
    const headers = { 'x-a': 'b' };
    expect(talk.endings).toEqual([{ kind: 'answered', status: 200, headers, body: 'hello' }]);
    expect([talk.aborted, talk.released()]).toEqual([[], 1]);
  });

  test('of which nothing is kept ends with its status, and drains the rest up to a MiB', () => {
    const talk = conversing('nothing');
    talk.start();
    talk.head(204);
    expect(talk.endings.map(brief)).toEqual(['204 ']);
    talk.data('x'.repeat(1024 * 1024));
    expect(talk.aborted).toEqual([]);
    talk.data('x');
    expect(talk.aborted).toEqual(['BODY_TOO_LARGE']);
    talk.end();
    expect([talk.endings.length, talk.released()]).toEqual([1, 1]);
  });

  test('of which nothing is kept still explains a refusal', () => {
    const talk = conversing('nothing');
    talk.start();
    talk.head(300);
    talk.data('why');
    talk.end();
    expect(talk.endings.map(brief)).toEqual(['300 why']);
  });

  test('breaks at a body that is larger than expected, and keeps one that is as large', () => {
    for (const [length, ending] of [
      [MAX_BYTES, `200 ${'x'.repeat(MAX_BYTES)}`],
      [MAX_BYTES + 1, 'BODY_TOO_LARGE true 200'],
    ] as const) {
      const talk = conversing();
      talk.start();
      talk.head(200);
      talk.data('x'.repeat(length));
      talk.end();
      expect(talk.endings.map(brief)).toEqual([ending]);
      expect(talk.aborted).toHaveLength(length > MAX_BYTES ? 1 : 0);
    }
  });

  test('of a refusal has as much of its explanation as arrived', () => {
    const ends: [string, (talk: ReturnType<typeof conversing>) => void][] = [
      ['400 why', (talk) => talk.end()],
      ['400 why', (talk) => talk.fail('ECONNRESET')],
      ['400 why', (talk) => talk.expire()],
      ['400 why', (talk) => talk.abort()],
      [
        `400 why${'x'.repeat(64 * 1024 - 3)}`,
        (talk) => {
          talk.data('x'.repeat(64 * 1024 - 3));
          talk.end();
        },
      ],
      // At the first byte too many the rest is not awaited.
      [`400 why${'x'.repeat(64 * 1024 - 2)}`, (talk) => talk.data('x'.repeat(64 * 1024 - 2))],
    ];
    for (const [ending, how] of ends) {
      const talk = conversing();
      talk.start();
      talk.head(400);
      talk.data('why');
      how(talk);
      expect(talk.endings.map(brief)).toEqual([ending]);
    }
  });

  test.each<[string, (talk: ReturnType<typeof conversing>) => void, string]>([
    ['before it began', (talk) => talk.fail('ECONNREFUSED'), 'ECONNREFUSED false undefined'],
    [
      'in the tunnel of a proxy',
      (talk) => talk.fail('UND_ERR_ABORTED'),
      'PROXY_REFUSED false undefined',
    ],
    [
      'after it began',
      (talk) => {
        talk.start();
        talk.fail('ECONNRESET');
      },
      'ECONNRESET true undefined',
    ],
    [
      'in the body',
      (talk) => {
        talk.start();
        talk.head(200);
        talk.data('{');
        talk.fail('ECONNRESET');
      },
      'ECONNRESET true 200',
    ],
    [
      'when its time is up',
      (talk) => {
        talk.start();
        talk.expire();
      },
      'TIMEOUT true undefined',
    ],
    ['from outside', (talk) => talk.abort(), 'ABORTED false undefined'],
    [
      'at a second start',
      (talk) => {
        talk.start();
        talk.start();
      },
      'UND_ERR_SOCKET true undefined',
    ],
    [
      'at a start after its end',
      (talk) => {
        talk.abort();
        talk.start();
      },
      'ABORTED false undefined',
    ],
  ])('that breaks %s says so', (_, how, ending) => {
    const talk = conversing();
    how(talk);
    expect(talk.endings.map(brief)).toEqual([ending]);
  });

  test('that is held back never leaves', () => {
    const talk = conversing('body', () => true);
    talk.start();
    expect(talk.endings.map(brief)).toEqual(['ABORTED false undefined']);
    expect(talk.aborted).toEqual(['ABORTED']);
  });

  test('ends exactly once, whatever happens in whatever order', () => {
    type Event = (talk: ReturnType<typeof conversing>) => void;
    const event = fc.constantFrom<Event>(
      (talk) => talk.start(),
      (talk) => talk.head(100),
      (talk) => talk.head(200),
      (talk) => talk.head(500),
      (talk) => talk.data('x'.repeat(60)),
      (talk) => talk.end(),
      (talk) => talk.fail('ECONNRESET'),
      (talk) => talk.expire(),
      (talk) => talk.abort(),
    );
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 8 }),
        fc.constantFrom('body', 'nothing'),
        (events, keep) => {
          const talk = conversing(keep);
          for (const each of events) each(talk);
          talk.abort();
          talk.end();
          expect(talk.endings).toHaveLength(1);
          expect(talk.released()).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('a call that broke', () => {
  test.each<[boolean, number | undefined, string, string]>([
    [false, undefined, 'none', 'The org could not be reached (X); nothing was sent.'],
    [true, undefined, 'possible', 'The answer was lost (X).'],
    [true, 200, 'certain', 'The answer broke off after HTTP 200 (X).'],
  ])('started %s with status %s has the effect %s', (started, status, effect, message) => {
    const failure = { kind: 'transport', code: 'X', message, status, requestId: 'r', effect };
    expect(transportFailure('X', { started, status, requestId: 'r' })).toEqual(failure);
  });

  test.each<[unknown, boolean, string]>([
    [{ code: 'ECONNRESET' }, true, 'ECONNRESET'],
    [{ code: 'HPE_INVALID_CONSTANT' }, true, 'PARSER'],
    [{ name: 'HTTPParserError' }, true, 'PARSER'],
    [{ code: 'UND_ERR_ABORTED' }, false, 'PROXY_REFUSED'],
    [{ code: 'UND_ERR_ABORTED' }, true, 'UND_ERR_ABORTED'],
    [{ errors: [{ code: 'ECONNREFUSED' }, { code: 'ETIMEDOUT' }] }, false, 'ECONNREFUSED'],
    [{ errors: [] }, false, 'UNKNOWN'],
    [{ errors: 'none' }, false, 'UNKNOWN'],
    [{ code: 7, name: 'Error' }, false, 'UNKNOWN'],
    ...[null, undefined, 'text', 7].map((odd): [unknown, boolean, string] => [
      odd,
      true,
      'UNKNOWN',
    ]),
  ])('%j, started %s, is called %s', (error, started, code) => {
    expect(transportCodeOf(error, started)).toBe(code);
  });
});

describe('the time limits of calls', () => {
  test('end each call at its own time, once, and none that was forgotten, with one sleep at a time', async () => {
    let nowMs = 0;
    const sleeps: number[] = [];
    let wake: () => void = () => undefined;
    const clock = {
      monotonicMs: () => nowMs,
      sleep: (ms: number, signal: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          sleeps.push(ms);
          wake = resolve;
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    };
    const deadlines = createDeadlines(clock as never, 100);
    const ended: string[] = [];
    const call = (name: string): Expirable => ({ deadlineMs: 0, expire: () => ended.push(name) });
    const passTo = async (ms: number) => {
      nowMs = ms;
      wake();
      for (let turn = 0; turn < 9; turn += 1) await Promise.resolve();
    };
    const [a, b, c, d] = [call('a'), call('b'), call('c'), call('d')] as const;
    deadlines.watch(a);
    nowMs = 30;
    deadlines.watch(b);
    deadlines.watch(c);
    expect([a.deadlineMs, b.deadlineMs, sleeps]).toEqual([100, 130, [100]]);
    deadlines.forget(b);
    await passTo(100);
    expect([ended, sleeps]).toEqual([['a'], [100, 30]]);
    await passTo(130);
    expect(ended).toEqual(['a', 'c']);
    await passTo(500);
    deadlines.watch(d);
    expect(sleeps).toEqual([100, 30, 100]);
    deadlines.forget(d);
    await passTo(600);
    expect(ended).toEqual(['a', 'c']);
    deadlines.watch(d);
    deadlines.close();
    deadlines.watch(a);
    await passTo(900);
    expect([ended, sleeps.length]).toEqual([['a', 'c'], 4]);
  });
});

test.each([
  ['Thu, 01 Jan 1970 00:00:00 GMT', undefined],
  ['Thu, 01 Jan 1970 00:00:01 GMT', 1000],
  ['Thu, 31 Dec 2099 23:59:59 GMT', Date.UTC(2099, 11, 31, 23, 59, 59)],
  ['Fri, 01 Jan 2100 00:00:00 GMT', undefined],
  ['Wed, 31 Dec 1969 23:59:59 GMT', undefined],
  ['soon', undefined],
])('the date %s is %s', (date, ms) => {
  expect(serverDateOf({ date })).toBe(ms);
  expect(serverDateOf({ date: ['soon', date] })).toBe(ms);
  expect(serverDateOf({})).toBeUndefined();
});
