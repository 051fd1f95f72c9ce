/** The parts that every request of a page goes through: what is read, what is answered, and what streams. */
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { BOUNDS } from '../../src/console/api/bounds.ts';
import type { ConsoleRefusal } from '../../src/console/api/parts.ts';
import { errorAnswer, notFound, Refusal } from '../../src/console/refusal.ts';
import { shellOf } from '../../src/console/server/assets.ts';
import { bodyOf, queryOf } from '../../src/console/server/body.ts';
import { streamOf } from '../../src/console/server/byte-stream.ts';
import { EventStreams } from '../../src/console/server/event-stream.ts';
import { newId } from '../../src/console/state/console-context.ts';
import { ACTION_CARDS } from '../../src/console/state/draft/action-cards.ts';
import { DRAFT_FLAGS, FLAGS_FOR } from '../../src/console/state/draft/draft-flags.ts';
import { changed, commandLine, only, withOrg } from '../../src/console/state/draft/given.ts';
import { EventLog } from '../../src/console/state/event-log.ts';
import { ORG } from '../../src/config/org.ts';
import { WHAT } from '../../src/config/action.ts';
import { AppError } from '../../src/domain/codes/app-error.ts';
import type { AppErrorCode } from '../../src/domain/codes/app-error-entries.ts';
import { ACTION_NAMES, ACTIONS } from '../../src/domain/plan/action.ts';
import { HandClock } from './hand-clock.ts';

describe('the answer to an error', () => {
  test.each<[ConsoleRefusal, number]>([
    ['BAD_REQUEST', 400],
    ['NO_SESSION', 401],
    ['FOREIGN_REQUEST', 403],
    ['NOT_FOUND', 404],
    ['NOT_NOW', 409],
    ['TOO_LARGE', 413],
    ['TOO_MANY', 429],
    ['CLOSING', 503],
  ])('%s of the console is %d', (code, status) => {
    const body = { code, message: 'what', hint: 'do' };
    expect(errorAnswer(new Refusal(code, 'what', 'do'))).toEqual({ status, body });
    expect(errorAnswer(new Refusal(code, 'what', 'do', 418)).status).toBe(418);
  });

  test.each<[AppErrorCode, number]>([
    ['USAGE', 400],
    ['INTERNAL', 500],
    ['RUN_NOT_FOUND', 404],
    ['RUN_LOCKED', 422],
    ['DISK', 422],
  ])('%s of a use case is %d', (code, status) => {
    const error = new AppError(code, 'what', { hint: 'do', cause: new Error('secret') });
    expect(errorAnswer(error)).toEqual({ status, body: { code, message: 'what', hint: 'do' } });
  });

  test('that is a bug says nothing about it', () => {
    for (const bug of [new TypeError('secret'), 'secret', undefined]) {
      const { status, body } = errorAnswer(bug);
      expect([status, body.code, JSON.stringify(body).includes('secret')]).toEqual([
        ...[500, 'INTERNAL', false],
      ]);
    }
  });
});

describe('a request', () => {
  const schema = z.strictObject({ text: z.string().optional() });
  const post = (body: string | ReadableStream<Uint8Array>, headers: Record<string, string> = {}) =>
    bodyOf(
      new Request('http://x/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit),
      schema,
    );
  const sized = (bytes: number) => `{"text":"${'x'.repeat(bytes - 11)}"}`;
  const pieces = (...texts: readonly string[]) =>
    new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const text of texts) controller.enqueue(Buffer.from(text));
        controller.close();
      },
    });

  test('is read as JSON, in whatever pieces it comes', async () => {
    expect(await post(pieces('{"te', 'xt":"\u00fc', '"}'))).toEqual({ text: 'ü' });
    expect(await post('{}')).toEqual({});
  });

  test('is read up to its limit, which its announced length cannot hide', async () => {
    const most = sized(BOUNDS.bodyBytes);
    expect((await post(most)).text).toHaveLength(BOUNDS.bodyBytes - 11);
    const refused = { code: 'TOO_LARGE', status: 413 };
    await expect(post(sized(BOUNDS.bodyBytes + 1))).rejects.toMatchObject(refused);
    await expect(post(pieces(most, ' '))).rejects.toMatchObject(refused);
    const length = { 'content-length': String(BOUNDS.bodyBytes + 1) };
    await expect(post(pieces('{}'), length)).rejects.toMatchObject(refused);
    const exact = { 'content-length': String(BOUNDS.bodyBytes) };
    expect(await post(pieces('{}'), exact)).toEqual({});
  });

  test.each([
    ['{"text":7}', 'The console does not know this request (text: invalid_type).'],
    ['{"token":"00secret"}', 'The console does not know this request (: unrecognized_keys).'],
    ['[]', 'The console does not know this request (: invalid_type).'],
    ['00secret', 'The body of the request is not JSON.'],
    ['', 'The body of the request is not JSON.'],
  ])('%s is refused without repeating it', async (body, message) => {
    await expect(post(body)).rejects.toMatchObject({ code: 'BAD_REQUEST', message });
  });

  test('has each part of its query once, decoded', () => {
    const query = (text: string) => queryOf(new Request(`http://x/${text}`), schema);
    expect(query('?text=a%20b%26c')).toEqual({ text: 'a b&c' });
    expect(query('')).toEqual({});
    expect(() => query('?text=a&text=a')).toThrow('given twice');
    expect(() => query('?other=a')).toThrow('does not know this request');
  });
});

test('bytes are streamed as they are read, and a reader who leaves closes their source', async () => {
  const steps: string[] = [];
  async function* source() {
    try {
      for (const text of ['a', 'b', 'c']) {
        steps.push(text);
        yield Buffer.from(text);
      }
    } finally {
      steps.push('closed');
    }
  }
  expect(await new Response(streamOf(source())).text()).toBe('abc');
  expect(steps.splice(0)).toEqual(['a', 'b', 'c', 'closed']);
  const reader = streamOf(source()).getReader();
  await reader.read();
  await reader.cancel();
  expect(steps.at(-1)).toBe('closed');
  expect(steps).not.toContain('c');
});

describe('a stream of events', () => {
  const opened = () => {
    const log = new EventLog();
    const clock = new HandClock();
    const streams = new EventStreams(log, clock);
    return { log, clock, streams };
  };
  const never = new AbortController().signal;
  const next = async (reader: ReadableStreamDefaultReader<Uint8Array>) =>
    new TextDecoder().decode((await reader.read()).value);

  test('has every event after a number in a separate frame, with its number', async () => {
    const { log, streams } = opened();
    for (const draft of ['a', 'b\n\nevent: run', 'c']) log.tell({ type: 'draft', draft });
    const reader = streams.open(1, never).getReader();
    expect(await next(reader)).toBe(
      'id: 2\nevent: draft\ndata: {"type":"draft","draft":"b\\n\\nevent: run"}\n\n' +
        'id: 3\nevent: draft\ndata: {"type":"draft","draft":"c"}\n\n',
    );
    const waiting = next(reader);
    log.tell({ type: 'runs' });
    expect(await waiting).toBe('id: 4\nevent: runs\ndata: {"type":"runs"}\n\n');
    await reader.cancel();
  });

  test('is alive while nothing happens, which is not an event with a number', async () => {
    const { log, clock, streams } = opened();
    const reader = streams.open(0, never).getReader();
    let heard = '';
    const waiting = next(reader).then((text) => (heard = text));
    await clock.move(0);
    await clock.move(BOUNDS.heartbeatMs - 1);
    expect(heard).toBe('');
    await clock.move(1);
    await waiting;
    expect(heard).toBe(`event: alive\ndata: {"type":"alive","nowMs":${clock.nowMs()}}\n\n`);
    expect(log.last).toBe(0);
    await reader.cancel();
  });

  test('ends with its request, and leaves room for another one, once', async () => {
    const { streams } = opened();
    const all = Array.from({ length: BOUNDS.streams }, () => {
      const over = new AbortController();
      return { over, reader: streams.open(0, over.signal).getReader() };
    });
    const refused = () => streams.open(0, never);
    expect(refused).toThrow('Too many pages');
    const [first, second] = all;
    first?.over.abort();
    expect(await first?.reader.read()).toEqual({ value: undefined, done: true });
    await first?.reader.cancel();
    const again = streams.open(0, never).getReader();
    expect(refused).toThrow('Too many pages');
    await second?.reader.cancel();
    second?.over.abort();
    const more = streams.open(0, never).getReader();
    expect(refused).toThrow('Too many pages');
    for (const each of [again, more, ...all.slice(2).map(({ reader }) => reader)])
      await each.cancel();
    expect(() => Array.from({ length: BOUNDS.streams }, refused)).not.toThrow();
    expect(refused).toThrow('Too many pages');
  });
});

describe('the flags of a draft', () => {
  const taken = new Set(['a', 'b']);

  test('are changed by name, and only those that a page can have', () => {
    const before = new Map([['a', ['1']]]);
    expect(changed(before, { a: ['2'], b: [] }, taken)).toEqual(
      new Map([
        ['a', ['2']],
        ['b', []],
      ]),
    );
    expect(changed(before, { a: null }, taken)).toEqual(new Map());
    expect(before).toEqual(new Map([['a', ['1']]]));
    const long = 'x'.repeat(60);
    expect(() => changed(before, { [long]: [] }, taken)).toThrow(
      `The flag “${'x'.repeat(40)}” is not accepted here.`,
    );
    expect(() => changed(before, { c: null }, taken)).toThrow('not accepted');
    expect(only(new Map([...before, ['z', []]]), taken)).toEqual(before);
  });

  test.each([
    [undefined, undefined, false],
    [undefined, 'https://acme.okta.com', false],
    ['https://acme.okta.com', undefined, true],
    ['https://acme.okta.com', 'https://other.okta.com', true],
    ['https://acme.okta.com', 'https://ACME.okta.com//', false],
    ['https://acme.okta.com', 'https://acme.okta.com', false],
  ])('name the org %s if the environment says %s: %s', (origin, orgUrl, isNamed) => {
    const given = withOrg(new Map([['limit', ['5']]]), origin, orgUrl);
    expect(given.get('limit')).toEqual(['5']);
    expect(given.get('org')).toEqual(isNamed ? [origin] : undefined);
  });

  test('are typed in a command as they were given', () => {
    const given = new Map([
      ['action', ['temp-password']],
      ['revoke-sessions', []],
    ]);
    const flags = [...Object.values(WHAT.flags), ...Object.values(ORG.flags)];
    expect(commandLine('plan', given, flags)).toBe(
      'okta-reset plan --action temp-password --revoke-sessions',
    );
  });

  test('never name a path, a command or a credential; each step takes its own', () => {
    const names = DRAFT_FLAGS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(names)).toEqual(FLAGS_FOR.draft);
    for (const { value } of DRAFT_FLAGS)
      expect(['FILE', 'DIR', 'COMMAND', 'RUN']).not.toContain(value);
    const where = (name: string) =>
      (['draft', 'execute', 'rerun'] as const).filter((step) => FLAGS_FOR[step].has(name));
    expect([where('search'), where('action'), where('again')]).toEqual([
      ...[['draft'], ['draft', 'rerun'], ['draft', 'rerun']],
    ]);
    for (const name of ['canary', 'canary-wait', 'max-failures', 'plan-max-age', 'per-minute'])
      expect([name, where(name)]).toEqual([name, ['draft', 'execute', 'rerun']]);
    expect(where('secrets-recipient')).toEqual(['draft', 'execute', 'rerun']);
    for (const name of [
      'yes',
      'confirm',
      'force-unlock',
      'secrets-plaintext',
      'org',
      'hook',
      'out',
    ])
      expect([name, where(name)]).toEqual([name, []]);
    const shown = DRAFT_FLAGS.find(({ name }) => name === 'action');
    const { group, kind, choices } = shown ?? {};
    expect([group, kind, choices]).toEqual([
      WHAT.title,
      WHAT.flags.action.kind,
      WHAT.flags.action.choices,
    ]);
    expect(shown?.describe).not.toBe('');
  });
});

describe('the card of an action', () => {
  const card = (action: string) => ACTION_CARDS.find((each) => each.action === action);

  test('says what the table says, in its order', () => {
    expect(ACTION_CARDS.map(({ action }) => action)).toEqual(ACTION_NAMES);
    for (const { action, label, hint, does, statuses } of ACTION_CARDS) {
      const of = ACTION_NAMES.find((name) => name === action);
      expect(of && ACTIONS[of]).toMatchObject({ label, hint, does, statuses });
    }
  });

  test('offers what can be added to a password action, ticked where an intruder would stay', () => {
    const options = (action: string) =>
      card(action)?.options.map(({ flag, ticked }) => (ticked ? flag : `(${flag})`));
    const ticked = ['revoke-sessions', 'revoke-tokens', 'reset-factors'];
    expect(new Set(options('reset-password'))).toEqual(new Set(['(no-send-email)', ...ticked]));
    expect(new Set(options('temp-password'))).toEqual(new Set(ticked));
    expect(options('end-sessions')).toEqual([]);
  });

  test.each([
    ['reset-password', 'with-no-send-email'],
    ['temp-password', 'always'],
    ['expire-password', 'never'],
    ['suspend', 'never'],
  ])('of %s returns secrets: %s', (action, secrets) => {
    expect(card(action)?.secrets).toBe(secrets);
  });
});

test('an id is new each time, fits into an address, and begins with no sign', () => {
  const ids = Array.from({ length: 500 }, newId);
  expect(new Set(ids).size).toBe(500);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_][\w-]{11}$/);
});

test('the shell loads the page if it was built, and else says how to build it', () => {
  const shell = (names: readonly string[]) =>
    shellOf(new Map(names.map((name) => [name, { type: 'x', bytes: '' }])));
  expect(shell(['console.js'])).toEqual({
    type: 'text/html; charset=utf-8',
    bytes: expect.stringContaining('<script src="/assets/console.js" defer>'),
  });
  expect(shell(['console.css']).bytes).toContain('npm run build');
  expect(notFound('page').message).toBe('There is no such page.');
});
