import { describe, expect, test } from '@jest/globals';
import { failureError } from '../../src/app/org/failure-error.ts';
import type { Answer } from '../../src/domain/row/call.ts';
import type { Failure } from '../../src/domain/row/failure.ts';
import type { LogEvent, OrgReader, Page } from '../../src/domain/org/org.ts';
import type { Notice } from '../../src/selection/remarks/notice.ts';
import type { LogQuery } from '../../src/selection/selection.ts';
import { selectRows } from '../../src/selection/select-rows.ts';
import { ADA, collect, errorOf, GRACE, JOSE, never, portsOf, whereOf } from './sample.ts';

const NOW_MS = Date.UTC(2026, 2, 1, 12);
const MINUTE_MS = 60_000;
const call = { status: 200, requestId: 'req1', serverTimeMs: NOW_MS, durationMs: 1 };

function event(id: string, beforeMs: number, uuid = `${id}-${beforeMs}`): LogEvent {
  return {
    uuid,
    eventType: 'user.session.start',
    publishedMs: NOW_MS - beforeMs,
    people: [{ role: 'target', id, login: `${id}@acme.example` }],
  } as unknown as LogEvent;
}

type Window = Parameters<OrgReader['logEvents']>[0];

/** A System Log that answers each reading of it with the pages given for that reading. */
function logOf(readings: readonly (readonly (readonly LogEvent[])[])[]) {
  const asked: Window[] = [];
  let reading = -1;
  const logEvents = async (page: Window): Promise<Answer<Page<LogEvent>>> => {
    asked.push(page);
    const at = 'next' in page ? Number(page.next) : 0;
    if (at === 0) reading += 1;
    const pages = readings[reading] ?? [];
    const next = at + 1 < pages.length ? { next: String(at + 1) } : undefined;
    return { kind: 'ok', value: { items: pages[at] ?? [], next }, call };
  };
  return { asked, logEvents };
}

function selected(
  logEvents: (page: Window) => Promise<Answer<Page<LogEvent>>>,
  notices: Notice[] = [],
  more: Partial<LogQuery> = {},
  clock: { readonly serverNowMs?: () => number | undefined; readonly nowMs?: () => number } = {},
  signal = never,
) {
  const query: LogQuery = {
    ...{ expression: 'eventType eq "user.session.start"', where: [] },
    ...{ who: 'target', sinceMs: undefined, untilMs: undefined },
    ...more,
  };
  const { serverNowMs = () => NOW_MS, ...rest } = clock;
  const reader = { host: 'acme.okta.com', serverNowMs, logEvents };
  const ports = {
    ...portsOf({}, notices),
    ...rest,
    reader: reader as unknown as OrgReader,
    failureError: (failure: Failure, tried: string) =>
      failureError(failure, tried, 'acme.okta.com'),
  };
  return collect(selectRows({ sources: [{ kind: 'log', query }] }, ports, signal));
}

describe('events of the System Log', () => {
  test('that are written while it is read are found by the second read, and none counts twice', async () => {
    const notices: Notice[] = [];
    const early = event(ADA, MINUTE_MS);
    const late = event(GRACE, 2 * MINUTE_MS);
    const { asked, logEvents } = logOf([[[event(JOSE, 60 * MINUTE_MS), early]], [[late, early]]]);
    const rows = await selected(logEvents, notices);
    expect(rows.map(({ identifier }) => identifier.value)).toEqual([JOSE, ADA, GRACE]);
    expect(rows.map(({ columns }) => columns['Events'])).toEqual(['1', '1', '1']);
    expect(asked).toHaveLength(2);
    const [first, second] = asked as readonly { sinceMs: number; untilMs: number }[];
    expect(second?.untilMs).toBe(first?.untilMs);
    expect((second?.untilMs ?? 0) - (second?.sinceMs ?? 0)).toBe(5 * MINUTE_MS);
    expect(notices.map(({ code }) => code)).toContain('log-late');
  });

  test('10,000 of them, on many pages, about three people are three rows', async () => {
    const ids = [ADA, GRACE, JOSE];
    const pages = Array.from({ length: 100 }, (_, page) =>
      Array.from({ length: 100 }, (__, at) =>
        event(ids[(page + at) % 3] ?? ADA, (20_000 - page * 100 - at) * 1000, `${page}.${at}`),
      ),
    );
    const { asked, logEvents } = logOf([pages, [[]]]);
    const rows = await selected(logEvents);
    expect(rows).toHaveLength(3);
    expect(rows.reduce((sum, { columns }) => sum + Number(columns['Events']), 0)).toBe(
      10_100 - 100,
    );
    expect(asked).toHaveLength(101);
  });

  const DAY_MS = 24 * 60 * MINUTE_MS;
  const named = (eventType: string, people: LogEvent['people'], n = 0): LogEvent => ({
    ...event(ADA, 60 * MINUTE_MS, `${eventType}-${n}`),
    eventType,
    people: people ?? [],
  });
  const told = async (events: readonly LogEvent[], more: Partial<LogQuery> = {}) => {
    const notices: Notice[] = [];
    const { asked, logEvents } = logOf([[events], [events]]);
    await selected(logEvents, notices, more);
    return { notices, asked };
  };

  test('of a week are read if no time is given, and the message says so', async () => {
    const { notices, asked } = await told([event(ADA, MINUTE_MS), event(ADA, 2 * MINUTE_MS)]);
    expect(notices).toMatchObject([
      {
        code: 'log-window',
        level: 'info',
        text: '2 events from 2026-02-22T12:00:01Z to 2026-03-01T12:00:01Z, about 1 user.',
      },
      {
        code: 'log-late',
        level: 'warning',
        text: expect.stringContaining('The last 5 minutes were read twice'),
        hint: expect.stringContaining('--log-since 2026-03-01T11:55:01Z'),
      },
    ]);
    expect(asked).toMatchObject([
      { sinceMs: NOW_MS + 1000 - 7 * DAY_MS, untilMs: NOW_MS + 1000 },
      { sinceMs: NOW_MS + 1000 - 5 * MINUTE_MS, untilMs: NOW_MS + 1000 },
    ]);
  });

  test.each([
    [4, 2],
    [5, 1],
    [6, 1],
  ])('of a time that ended %d minutes ago are read %d times', async (minutes, times) => {
    const { asked } = await told([], { untilMs: NOW_MS - minutes * MINUTE_MS });
    expect(asked).toHaveLength(times);
  });

  test.each([0, 1])('of no time at all are refused: it ends %d ms before it begins', async (ms) => {
    const error = await errorOf(told([], { sinceMs: NOW_MS, untilMs: NOW_MS - ms }));
    expect(error.code).toBe('USAGE');
    expect(error.message).toContain('--log-since is not before --log-until');
  });

  test.each([
    [89, false, 89],
    [90, false, 90],
    [91, true, 91],
    [92, true, 91],
  ])('of %d days ago: is it said that they are gone? %s', async (days, isSaid, searched) => {
    const { notices, asked } = await told([], { sinceMs: NOW_MS - days * DAY_MS });
    const kept = notices.filter(({ code }) => code === 'log-kept');
    expect(kept.map(({ level, text }) => [level, text])).toEqual(
      isSaid ? [['warning', expect.stringContaining('before 2025-12-01T12:00:00Z')]] : [],
    );
    expect(asked[0]).toMatchObject({ sinceMs: NOW_MS - searched * DAY_MS });
  });

  test('that were all before what Okta keeps are not searched', async () => {
    const sinceMs = NOW_MS - 200 * DAY_MS;
    const { notices, asked } = await told([], { sinceMs, untilMs: sinceMs + DAY_MS });
    expect(notices.map(({ code }) => code)).toEqual(['log-kept', 'log-window']);
    expect(asked).toEqual([]);
  });

  test('without a user are counted by kind, the most frequent first, with the other side', async () => {
    const actor = [{ role: 'actor', id: GRACE, login: 'grace' }] as const;
    const kinds = (count: number) =>
      Array.from({ length: count }, (_, kind) =>
        Array.from({ length: kind + 1 }, (__, n) =>
          named(`kind.${kind}`, kind > 3 ? actor : [], n),
        ),
      ).flat();
    const nobody = async (count: number, who: LogQuery['who']) =>
      (await told(kinds(count), { who, untilMs: NOW_MS - DAY_MS })).notices.filter(
        ({ code }) => code === 'log-nobody',
      );
    expect(await nobody(5, 'target')).toEqual([
      {
        code: 'log-nobody',
        level: 'warning',
        source: '--log eventType eq "user.session.start"',
        text: '15 events with no user as target: 5 kind.4, 4 kind.3, 3 kind.2, 2 kind.1, 1 kind.0.',
        hint: '5 of them name a user as actor: --log-who actor',
        count: 15,
      },
    ]);
    const [more] = await nobody(7, 'target');
    expect(more?.text).toMatch(/: 7 kind\.6, .*, 3 kind\.2, and 2 other kinds\.$/);
    const [actors] = await nobody(7, 'actor');
    expect(actors?.text).toContain('10 events with no user as actor: 4 kind.3');
    expect(actors).not.toHaveProperty('hint');
    expect(await nobody(0, 'target')).toEqual([]);
  });

  test('that --where leaves out are counted, and describe nobody', async () => {
    const { logEvents } = logOf([[[event(ADA, 60 * MINUTE_MS), named('other', undefined)]], [[]]]);
    const notices: Notice[] = [];
    const where = [whereOf('Event=other')];
    expect(await selected(logEvents, notices, { where })).toEqual([]);
    expect(notices.find(({ code }) => code === 'where')).toMatchObject({
      level: 'info',
      text: '1 event left out by --where.',
      count: 1,
    });
  });

  test('describe their person by the last one, in whatever order they come', async () => {
    const events = [3, 1, 2].map((hours) => ({
      ...event(ADA, hours * 60 * MINUTE_MS),
      clientIp: `203.0.113.${hours}`,
    }));
    for (const order of [events, [...events].reverse()]) {
      const { logEvents } = logOf([[order], [[]]]);
      expect((await selected(logEvents)).map(({ columns }) => columns)).toMatchObject([
        {
          Address: '203.0.113.1',
          'First event': '2026-03-01T09:00:00.000Z',
          'Last event': '2026-03-01T11:00:00.000Z',
          Events: '3',
        },
      ]);
    }
  });

  test('of 1,201 people are 1,201 rows, numbered in the order of their first events', async () => {
    const events = Array.from({ length: 1201 }, (_, n) =>
      event(`00u${String(n).padStart(17, 'a')}`, 60 * MINUTE_MS, `e${n}`),
    );
    const rows = await selected(logOf([[events], [[]]]).logEvents);
    expect(rows.map(({ line }) => line)).toEqual(events.map((_, at) => at + 1));
    expect(new Set(rows.map(({ identifier }) => identifier.value)).size).toBe(1201);
  });

  test('describe a person by all that the last of them says', async () => {
    const first = {
      ...event(ADA, 60 * MINUTE_MS, 'a'),
      ...{ result: 'FAILURE', clientIp: '203.0.113.1', place: 'Köln, DE' },
      people: [
        { role: 'target', id: ADA, login: 'ada\n@acme.example' },
        { role: 'target', id: ADA, login: 'other' },
        { role: 'target', id: GRACE, login: undefined },
        { role: 'actor', id: JOSE, login: 'jose' },
      ],
    } as unknown as LogEvent;
    const { logEvents } = logOf([[[first, event(ADA, 60 * MINUTE_MS, 'b')]], [[]]]);
    const rows = await selected(logEvents);
    const times = {
      'First event': '2026-03-01T11:00:00.000Z',
      'Last event': '2026-03-01T11:00:00.000Z',
    };
    expect(rows.map(({ columns }) => columns)).toEqual([
      {
        ...{
          Login: 'ada\uFFFD@acme.example',
          Event: 'user.session.start',
          Result: '',
          Address: '',
        },
        ...{ Place: '', ...times, Events: '2' },
      },
      {
        ...{ Login: '', Event: 'user.session.start', Result: 'FAILURE', Address: '203.0.113.1' },
        ...{ Place: 'Köln, DE', ...times, Events: '1' },
      },
    ]);
  });

  test.each<[string[], string[]]>([
    [['Events=2'], ['1 ada']],
    [['login~GRACE'], ['1 grace']],
    [['Events=1', 'Login~jose'], ['1 jose']],
    [
      ['address in 203.0.113.1,203.0.113.3', 'Events=1'],
      ['1 ada', '2 jose'],
    ],
    [
      ['Address=203.0.113.2', 'Event=user.session.start', 'Events!=2'],
      ['1 grace', '2 ada'],
    ],
    [['Place='], ['1 ada', '2 grace', '3 jose']],
    [['First event~11:3', 'last_event~T11:40'], ['1 ada']],
  ])('that meet %j are about %j', async (where, people) => {
    const of = (login: string, minutes: number, at: number) =>
      ({
        ...event(ADA, minutes * MINUTE_MS, String(minutes)),
        people: [{ role: 'target', id: `00u${login.padEnd(17, 'x')}`, login }],
        clientIp: `203.0.113.${at}`,
      }) as LogEvent;
    const events = [of('ada', 30, 1), of('grace', 25, 2), of('ada', 20, 2), of('jose', 10, 3)];
    const { logEvents } = logOf([[events], [[]]]);
    const rows = await selected(logEvents, [], { where: where.map(whereOf) });
    expect(rows.map(({ line, columns }) => `${line} ${columns['Login']}`)).toEqual(people);
  });

  test.each([
    ['Plxxe=1', ' Did you mean “Place”?'],
    ['ADRESS=1', ' Did you mean “Address”?'],
    ['Department=1', ''],
  ])('have no column for %s', async (condition, meant) => {
    const error = await errorOf(told([], { where: [whereOf(condition)] }));
    const [column = ''] = condition.split('=');
    expect(error).toMatchObject({
      code: 'INPUT_COLUMN_MISSING',
      message: `The events of --log have no column “${column}”.${meant} They have “Event”, “Result”, “Address”, “Place”, “Login”, “First event”, “Last event”, “Events”.`,
    });
  });

  test('in the first moment of the second read, or on two of its pages, count once', async () => {
    const early = event(ADA, 5 * MINUTE_MS - 1000);
    const late = event(GRACE, MINUTE_MS);
    const { logEvents } = logOf([[[early]], [[early, late], [late]]]);
    const rows = await selected(logEvents);
    expect(rows.map(({ columns }) => columns['Events'])).toEqual(['1', '1']);
  });

  test('of less than five minutes are all read twice', async () => {
    const sinceMs = NOW_MS - MINUTE_MS;
    const { asked } = await told([], { sinceMs });
    expect(asked.map((page) => 'sinceMs' in page && page.sinceMs)).toEqual([sinceMs, sinceMs]);
  });

  test.each([
    [undefined, () => 7_000, 8_000],
    [undefined, undefined, 1_000],
    [9_000, () => 7_000, 10_000],
  ])('end now by Okta’s clock, else by this machine’s: %s', async (serverMs, nowMs, untilMs) => {
    const { asked, logEvents } = logOf([[[]], [[]]]);
    await selected(logEvents, [], {}, { serverNowMs: () => serverMs, ...(nowMs && { nowMs }) });
    expect(asked[0]).toMatchObject({ untilMs });
  });

  const oktaFailure = (status: number) =>
    ({
      ...{ kind: 'okta', status, oktaCode: 'E0000006', message: 'no', requestId: 'req9' },
      ...{ insufficientScope: false, throttle: undefined, effect: 'none' },
    }) as Failure;
  const refusedWith = (failure: Failure) =>
    errorOf(selected(async () => ({ kind: 'failed', failure, call: { ...call, status: 400 } })));

  test('with an expression that Okta refuses say what Okta said, and in which request', async () => {
    expect(await refusedWith(oktaFailure(400))).toMatchObject({
      code: 'INPUT_QUERY',
      message:
        'Okta refuses --log eventType eq "user.session.start" (HTTP 400 E0000006, request req9): no',
    });
    const bare = { ...oktaFailure(400), oktaCode: undefined, requestId: undefined } as Failure;
    expect((await refusedWith(bare)).message).toContain('(HTTP 400): no');
    for (const status of [500, 404])
      expect((await refusedWith(oktaFailure(status))).code).not.toBe('INPUT_QUERY');
  });

  test('that cannot be read are refused with the scope and the roles', async () => {
    const error = await refusedWith(oktaFailure(403));
    expect(error).toMatchObject({ code: 'AUTH_PERMISSION', exitCode: 6 });
    expect(error.hint).toContain('okta.logs.read');
    expect(error.hint).toContain('Read-only');
    expect((await refusedWith(oktaFailure(500))).hint).not.toContain('okta.logs.read');
  });

  test('are not read on after an abort', async () => {
    const abort = new AbortController();
    const { asked, logEvents } = logOf([[[event(ADA, MINUTE_MS)], []]]);
    const read = selected(
      async (page) => {
        abort.abort(new Error('stopped'));
        return logEvents(page);
      },
      ...[[], {}, {}],
      abort.signal,
    );
    await expect(read).rejects.toThrow('stopped');
    expect(asked).toHaveLength(1);
  });
});
