import { LogQuestions } from '../../src/engine/doubt/log-questions.ts';
import { describe, expect, test } from '@jest/globals';
import type { Cursor, LogEvent, Page } from '../../src/domain/org/org.ts';
import type { Answer } from '../../src/domain/row/call.ts';
import { scanLog, type LogQuestion } from '../../src/engine/doubt/log-scan.ts';
import { VirtualClock } from './virtual-clock.ts';

const SENT_MS = 1_700_000_000_000;
const never = new AbortController().signal;

function asked(userId: string, more: Partial<LogQuestion> = {}): LogQuestion {
  const before = { status: 'ACTIVE', statusChangedMs: 1, passwordChangedMs: 1 };
  const mark = { step: 'reset-password', attempt: 1, serverTimeMs: SENT_MS, before } as const;
  return { userId, mark, decides: false, ...more };
}

function logged(userId: string, more: Partial<LogEvent> = {}): LogEvent {
  return {
    uuid: 'u',
    eventType: 'user.account.reset_password',
    publishedMs: SENT_MS,
    actorId: undefined,
    userIds: [userId],
    result: 'SUCCESS',
    reason: undefined,
    requestId: undefined,
    clientIp: undefined,
    ...more,
  };
}

/** A log that is read page by page; `pageAt` makes the page of one call. Keeps what was asked for, and when. */
class Log {
  readonly clock = new VirtualClock();
  readonly asked: (Parameters<Log['logEvents']>[0] & { atMs: number })[] = [];
  #pageAt: (call: number) => readonly LogEvent[] | undefined;
  readonly #pages: number;

  constructor(pages: number, pageAt: (call: number) => readonly LogEvent[] | undefined) {
    this.#pages = pages;
    this.#pageAt = pageAt;
  }

  readonly serverNowMs = (): number => this.clock.nowMs();

  readonly logEvents = async (
    page: { readonly filter: string; readonly sinceMs: number; readonly untilMs: number } | Cursor,
  ): Promise<Answer<Page<LogEvent>>> => {
    this.asked.push({ ...(page as object), atMs: this.clock.monotonicMs() } as never);
    const call = this.asked.length;
    const items = this.#pageAt(call);
    if (items === undefined)
      return { kind: 'failed', failure: { kind: 'okta', status: 403 } } as never;
    const isLast = call % this.#pages === 0;
    return { kind: 'ok', value: { items, next: isLast ? undefined : ({} as Cursor) } } as never;
  };

  async answers(questions: readonly LogQuestion[]) {
    const found = await scanLog(this, questions, this.clock, never);
    return questions.map((question) => found.get(question));
  }

  waits(): readonly number[] {
    const [first] = this.asked;
    return this.asked.map(({ atMs }) => atMs - (first?.atMs ?? 0));
  }
}

describe('a scan of the System Log', () => {
  test('looks twice more, 5 s apart, for what nothing else can show, and once for the rest', async () => {
    const silent = new Log(1, () => []);
    expect(await silent.answers([asked('a', { decides: true }), asked('b')])).toEqual([
      'not-found',
      'not-found',
    ]);
    expect(silent.waits()).toEqual([0, 5000, 10_000]);
    expect(silent.asked[0]?.atMs).toBe(new VirtualClock().monotonicMs());
    const once = new Log(1, () => []);
    expect(await once.answers([asked('b')])).toEqual(['not-found']);
    expect(once.waits()).toEqual([0]);
  });

  test('ends as soon as all are found', async () => {
    const log = new Log(1, (call) => (call === 2 ? [logged('a')] : []));
    expect(await log.answers([asked('a', { decides: true })])).toEqual(['found']);
    expect(log.waits()).toEqual([0, 5000]);
    const long = new Log(50, (call) => (call === 3 ? [logged('a'), logged('b')] : []));
    expect(await long.answers([asked('a'), asked('b')])).toEqual(['found', 'found']);
    expect(long.asked).toHaveLength(3);
  });

  test('reads at most a hundred pages: what it has not seen by then is not known', async () => {
    const full = new Log(100, (call) => (call === 100 ? [logged('a')] : []));
    expect(await full.answers([asked('a')])).toEqual(['found']);
    const longer = new Log(101, () => []);
    expect(await longer.answers([asked('a', { decides: true })])).toEqual(['unreadable']);
    expect(longer.asked).toHaveLength(100);
  });

  test('a page that is refused leaves what was not found unreadable, and is not requested again', async () => {
    const log = new Log(2, (call) => (call === 1 ? [logged('a')] : undefined));
    const questions = [asked('a', { decides: true }), asked('b', { decides: true })];
    expect(await log.answers(questions)).toEqual(['found', 'unreadable']);
    expect(log.asked).toHaveLength(2);
  });

  test('asks for all the time since the first attempt, to the second, for the events of each step', async () => {
    const log = new Log(1, () => []);
    const later = asked('b').mark;
    await log.answers([
      asked('a'),
      asked('b', { mark: { ...later, step: 'suspend', serverTimeMs: SENT_MS + 9000 } }),
    ]);
    expect(log.asked).toMatchObject([
      {
        filter:
          'eventType eq "user.account.reset_password" or eventType eq "user.lifecycle.suspend"',
        sinceMs: SENT_MS - 1000,
        untilMs: log.clock.nowMs() + 1000,
      },
    ]);
  });

  test.each<[string, Partial<LogEvent>, string]>([
    ['of the same second', { publishedMs: SENT_MS - 1000 }, 'found'],
    ['without a result', { result: undefined }, 'found'],
    ['about several users', { userIds: ['z', 'a'] }, 'found'],
    ['from before', { publishedMs: SENT_MS - 1001 }, 'not-found'],
    ['of another kind', { eventType: 'user.lifecycle.suspend' }, 'not-found'],
    ['that failed', { result: 'FAILURE' }, 'not-found'],
    ['about somebody else', { userIds: ['z'] }, 'not-found'],
  ])('an event %s', async (_, event, answer) => {
    const log = new Log(1, () => [logged('a', event)]);
    expect(await log.answers([asked('a')])).toEqual([answer]);
  });
});

test('an abort ends every question, also those that came while the log was read', async () => {
  const asking: Promise<unknown>[] = [];
  const org = {
    logEvents: async () => {
      asking.push(questions.ask({} as never), questions.ask({} as never));
      throw new Error('stop');
    },
    serverNowMs: () => 0,
  };
  const clock = { nowMs: () => 0, monotonicMs: () => 0, sleep: async () => undefined };
  const { signal } = new AbortController();
  const questions = new LogQuestions(org, clock, signal);
  const mark = { step: 'reset-password', serverTimeMs: 0 };
  asking.push(questions.ask({ userId: '00u1', mark, decides: false } as never));
  const first = asking[0];
  await expect(first).rejects.toThrow('stop');
  const ends = await Promise.allSettled(asking);
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
});

describe('questions about several rows', () => {
  function questionsOf(log: Log) {
    const questions = new LogQuestions(log, log.clock, never);
    return (userId: string) => questions.ask(asked(userId));
  }

  test('that arrive within five seconds share one scan; later ones have the next', async () => {
    const log = new Log(1, () => [logged('a'), logged('c')]);
    const ask = questionsOf(log);
    const early = [ask('a'), ask('b')];
    await log.clock.sleep(4999);
    early.push(ask('c'));
    expect(await Promise.all(early)).toEqual(['found', 'not-found', 'found']);
    const late = ask('a');
    expect(await late).toBe('found');
    expect(log.waits()).toEqual([0, 5000]);
  });

  test('that arrive while the log is read wait for their own scan, one at a time', async () => {
    let later: Promise<unknown> | undefined;
    const log = new Log(1, (call) => {
      if (call === 1) later = Promise.all([ask('x'), ask('y')]);
      return call === 1 ? [logged('a'), logged('x')] : [logged('y')];
    });
    const ask = questionsOf(log);
    expect(await ask('a')).toBe('found');
    expect(await later).toEqual(['not-found', 'found']);
    expect(log.waits()).toEqual([0, 5000]);
  });
});
