import { describe, expect, test } from '@jest/globals';
import { failureError } from '../../src/app/org/failure-error.ts';
import type { Answer } from '../../src/domain/row/call.ts';
import type { Failure } from '../../src/domain/row/failure.ts';
import type { LogEvent, OrgReader, Page } from '../../src/domain/org/org.ts';
import type { Notice } from '../../src/selection/remarks/notice.ts';
import { selectRows } from '../../src/selection/select-rows.ts';
import { ADA, collect, errorOf, GRACE, JOSE, never, portsOf } from './sample.ts';

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
) {
  const query = {
    ...{ expression: 'eventType eq "user.session.start"', where: [] },
    ...{ who: 'target' as const, sinceMs: undefined, untilMs: undefined },
  };
  const reader = { host: 'acme.okta.com', serverNowMs: () => NOW_MS, logEvents };
  const ports = {
    ...portsOf({}, notices),
    reader: reader as unknown as OrgReader,
    failureError: (failure: Failure, tried: string) =>
      failureError(failure, tried, 'acme.okta.com'),
  };
  return collect(selectRows({ sources: [{ kind: 'log', query }] }, ports, never));
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

  test('that cannot be read are refused with the scope and the roles', async () => {
    const failure = {
      ...{ kind: 'okta', status: 403, oktaCode: 'E0000006', message: 'no', requestId: 'req9' },
      ...{ insufficientScope: false, throttle: undefined, effect: 'none' },
    } as Failure;
    const error = await errorOf(
      selected(async () => ({ kind: 'failed', failure, call: { ...call, status: 403 } })),
    );
    expect(error).toMatchObject({ code: 'AUTH_PERMISSION', exitCode: 6 });
    expect(error.hint).toContain('okta.logs.read');
    expect(error.hint).toContain('Read-only');
  });
});
