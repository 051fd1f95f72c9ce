import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PlannedRow } from '../../src/domain/plan/plan.ts';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import type { RunRecords } from '../../src/domain/run/run-records.ts';
import { findErrorEntry } from '../../src/domain/codes/okta-error.ts';
import { OUTCOMES, outcomeLabels, type Outcome } from '../../src/domain/row/outcome.ts';
import type { PageRow } from '../../src/report/page/page-row.ts';
import type * as assets from '../../src/report/page/page-assets.ts';
import { htmlPart } from '../../src/report/page/html-part.ts';
import { PAGE_LIMITS, PageRows } from '../../src/report/page/page-rows.ts';
import { passOver } from '../../src/report/results/pass.ts';
import {
  burstyTimeline,
  clock,
  ended,
  mixedOutcome,
  mixedVerdict,
  planned,
  recordsOf,
  rowsOf,
  runFile,
  userId,
} from './sample.ts';

const HOSTILE = '</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>"\'&amp;';

async function page(
  rows: readonly PlannedRow[],
  records: RunRecords | undefined,
  run: Partial<RunFile> = {},
  program?: string,
): Promise<string> {
  const pieces: string[] = [];
  const sink = { push: (text: string) => void pieces.push(text), flush: async () => undefined };
  const file = runFile({ rows: rows.length, ...run });
  const part = htmlPart(sink, file, findErrorEntry);
  const input = { run: file, rows: rowsOf(rows), records, explain: findErrorEntry, clock, program };
  part.end(await passOver(input, [part]));
  return pieces.join('');
}

const all = (n: number) => Array.from({ length: n }, (_, i) => planned(i + 1, mixedVerdict(i + 1)));
const mixedPage = (n = 400) =>
  page(
    all(n),
    recordsOf((row) => mixedOutcome(row, n)),
  );

function embedded(html: string, id: string): unknown {
  const found = new RegExp(`<script type="application/json" id="${id}">([^<]*)</script>`).exec(
    html,
  );
  return JSON.parse(found?.[1] ?? 'missing');
}

describe('report.html', () => {
  test('its policy allows the one script and the one style that it contains, and no other', async () => {
    const html = await mixedPage();
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map((m) => hash(m[1]!));
    const styles = [...html.matchAll(/<style>(.*?)<\/style>/gs)].map((m) => hash(m[1]!));
    expect([scripts.length, styles.length]).toEqual([1, 1]);
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${scripts[0]!}`,
      `style-src ${styles[0]!}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  test('loads nothing and has no inline handlers or styles', async () => {
    const html = (await mixedPage()).replace(/<(script|style)[^>]*>.*?<\/\1>/gs, '');
    expect(html).not.toMatch(/\s(src|style|srcset|on\w+)=/);
    expect(html).not.toMatch(/<(link|iframe|img|object|embed|base)\b/);
    expect([...html.matchAll(/href="([^#][^"]*)"/g)]).toEqual([]);
  });

  test('keeps hostile names, codes and messages as text', async () => {
    const rows = [1, 2, 3].map((row) =>
      planned(row, undefined, { login: HOSTILE, source: HOSTILE }),
    );
    const bad = {
      outcome: 'failed' as const,
      oktaCode: HOSTILE,
      message: HOSTILE,
      requestId: HOSTILE,
    };
    const records = recordsOf((row) => ended(row, bad), {
      stop: { kind: 'credentials', detail: HOSTILE },
      traffic: [{ bucket: HOSTILE, calls: 1, throttled: 0, waitedMs: 0 }],
    });
    const html = await page(rows, records, {
      host: HOSTILE,
      selection: [HOSTILE],
      principal: { kind: 'app', clientId: HOSTILE },
    });
    expect(html).not.toContain('<script>alert');
    expect(html).not.toContain('<img');
    expect(html).not.toContain('<!--');
    const [row] = embedded(html, 'rows') as PageRow[];
    expect([row?.[2], row?.[4], row?.[6], row?.[7]]).toEqual([HOSTILE, HOSTILE, HOSTILE, HOSTILE]);
  });

  test('has the same tags whatever a name, an id or a message contains', async () => {
    const tokens = ['<', '>', '"', "'", '&', '/', '=', '`', '-->', '<!--', '<script>', '</script>'];
    const more = [
      '<img src=x onerror=1>',
      ']]>',
      '</title>',
      '</style',
      '&lt;',
      '\0',
      '\u2028',
      'a',
    ];
    const hostile = fc
      .array(fc.constantFrom(...tokens, ...more), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join(''));
    const pageOf = (text: string) => {
      const bad = { outcome: 'failed' as const, oktaCode: text, message: text, requestId: text };
      const columns = { 'User ID': text, Login: text, Department: text };
      const rows = [
        planned(1, undefined, { login: text, source: text, input: text, status: text, columns }),
        planned(2, { kind: 'skip', reason: 'excluded', detail: text }, { login: text }),
      ];
      const records = recordsOf((row) => (row === 1 ? ended(row, bad) : undefined), {
        stop: { kind: 'org-unavailable', detail: text },
        traffic: [{ bucket: text, calls: 1, throttled: 0, waitedMs: 0 }],
      });
      return page(rows, records, {
        host: text,
        origin: `https://${text}`,
        orgId: text,
        selection: [text],
        columns: [text],
        principal: { kind: 'user', id: text, login: text },
        parentRunId: text,
      });
    };
    // A script ends at its first end tag, as in a browser. Whatever leaks out of it is a tag too many.
    const tagsOf = (html: string) =>
      [
        ...html
          .replace(/<(script|style)([^>]*)>.*?<\/\1>/gs, '<$1$2>')
          .matchAll(/<[a-z!/](?:"[^"]*"|[^">])*>?/gi),
      ].map(([tag]) => tag.replace(/"[^"]*"/g, '""'));
    const plain = tagsOf(await pageOf('a'));
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        expect(tagsOf(await pageOf(text))).toEqual(plain);
      }),
      { numRuns: 40 },
    );
  });

  test('says what was requested, by whom, where, what it means, and what is left', async () => {
    const html = await mixedPage();
    const texts = [
      '318 of 352 users succeeded',
      'night.admin@acme.example',
      'acme.okta.com (00o1abcdEFGHijklmnop)',
      '--file users.csv',
      'Sessions stay alive',
      'estimated 9 min, took 10 min 12 s',
      findErrorEntry('E0000007')!.meaning,
      'okta-reset resume 20261122T031502Z-k7m2',
      'c0ffee',
      'ab'.repeat(32),
    ];
    expect(texts.filter((text) => !html.includes(text))).toEqual([]);
  });

  test('prints the next commands as they are called on the machine that made the page', async () => {
    const html = await page(all(3), undefined, {}, 'npx okta-reset');
    expect(html).toContain('<code>npx okta-reset run --plan 20261122T031502Z-k7m2</code>');
  });

  test('says for a plan what would be done, who would be skipped and why, and nothing about outcomes', async () => {
    const html = (await page(all(400), undefined)).replace(/<(script|style)[^>]*>.*?<\/\1>/gs, '');
    expect(html).toContain('352 users would be acted on. Skipped: 48 rows.');
    expect(html).toMatch(/<strong>352<\/strong><span>To act on</);
    expect(html).toContain('Users with this status are left alone');
    expect(html).toContain('href="#outcome=skipped&amp;why=status%3ASUSPENDED"');
    expect(html).not.toMatch(/Succeeded|Unknown|Ended \(UTC\)/);
  });

  test('says clearly that a journal was tampered with, and prints no command that would be refused', async () => {
    const html = await page(
      all(3),
      recordsOf((row) => (row === 3 ? undefined : ended(row)), { chain: 'broken' }),
    );
    expect(html).toContain('The record of this run is damaged or was edited.');
    expect(html).toContain('BROKEN');
    expect(html).not.toContain('okta-reset resume');
  });

  test('draws the waits of a run by cause, and lists them in words', async () => {
    const records = recordsOf((row) => mixedOutcome(row, 400), { timeline: burstyTimeline(4000) });
    const html = await page(all(400), records);
    const lane =
      /Rate limit used up: until the next window<\/span>.*?<\/svg>/s.exec(html)?.[0] ?? '';
    expect(lane).toContain('7 waits, 4 min 10 s');
    expect([...lane.matchAll(/<rect class="fill-window"/g)]).toHaveLength(7);
  });

  test('embeds every row of a run that fits', async () => {
    const rows = embedded(await mixedPage(), 'rows') as PageRow[];
    expect(rows.map((row) => row[0])).toEqual(Array.from({ length: 400 }, (_, i) => i + 1));
  });

  test('gives its script each value of a row, and the name of each', async () => {
    const failed = { outcome: 'failed', status: 403, oktaCode: 'E0000006', message: 'No' } as const;
    const columns = { 'User ID': userId(1), Login: 'p', Department: 'Sales' };
    const html = await page(
      [
        planned(1, undefined, { columns }),
        planned(2),
        planned(3, { kind: 'skip', reason: 'excluded' }),
      ],
      recordsOf((row) => (row === 1 ? ended(1, failed) : undefined)),
    );
    const names = embedded(html, 'names') as readonly string[];
    const rows = (embedded(html, 'rows') as readonly PageRow[]).map((row) =>
      Object.fromEntries(names.map((name, at) => [name, row[at]])),
    );
    expect(rows[0]).toEqual({
      ...{ Row: 1, Outcome: 2, Who: 'person.1@acme.example', 'User id': userId(1) },
      ...{ Why: 'E0000006', 'HTTP status': 403, Message: 'No', 'Okta request id': 'Yreq1' },
      ...{ Attempts: 1, 'Started (UTC)': ended(1).startedAt, 'Ended (UTC)': ended(1).at },
      ...{ Input: 'users.csv:2', Reason: '', 'Named as': userId(1) },
    });
    expect(rows[1]).toMatchObject({ Outcome: 4, 'HTTP status': 0, Attempts: 0, Message: '' });
    expect(rows[2]).toMatchObject({ Outcome: 1, Why: 'excluded', Reason: 'excluded' });
    expect(embedded(html, 'own')).toEqual(['User ID', 'Login', 'Department']);
    expect((embedded(html, 'rows') as readonly PageRow[])[0]?.[14]).toEqual([
      ...[userId(1), 'p', 'Sales'],
    ]);
    const labels = embedded(html, 'labels') as readonly (readonly string[])[];
    expect(labels.map(([name]) => name)).toEqual([...OUTCOMES]);
    expect(labels.map(([, label]) => label)).toEqual(Object.values(outcomeLabels(false)));
  });

  test('has the style and the script that were built, which are read once', async () => {
    const module = '../../src/report/page/page-assets.ts';
    const fresh = (await import(`${module}?${randomUUID()}`)) as typeof assets;
    const built = (name: string) => readFileSync(`dist/browser/${name}`, 'utf8');
    expect(fresh.pageAssets()).toMatchObject({
      style: built('report.css'),
      script: built('report.js'),
    });
    for (const name of ['report.css', 'report.js']) {
      const digest = createHash('sha256').update(built(name)).digest('base64');
      expect(fresh.pageAssets().policy).toContain(`'sha256-${digest}'`);
    }
    expect(fresh.pageAssets()).toBe(fresh.pageAssets());
  });

  test('has a style and a script that do something', async () => {
    const html = await mixedPage(3);
    for (const name of ['style', 'script'])
      expect(new RegExp(`<${name}>([^<]*)`).exec(html)?.[1]?.length).toBeGreaterThan(500);
  });

  test('is complete for a plan without rows', async () => {
    const html = await page([], undefined);
    expect(embedded(html, 'rows')).toEqual([]);
    expect(html).toContain('DRY RUN');
    expect(html).not.toContain('okta-reset run --plan');
  });
});

describe('the rows of a page', () => {
  const result = (row: number, outcome: Outcome, text = 'x') => ({
    ...planned(row),
    outcome,
    reason: text,
    action: 'reset-password',
    httpStatus: undefined,
    oktaErrorCode: undefined,
    oktaError: text,
    oktaRequestId: text,
    attempts: 1,
    startedAt: undefined,
    finishedAt: undefined,
    runId: 'r',
  });

  test('of a large run are those that need attention, and some of the others', () => {
    const limits = { ...PAGE_LIMITS, whole: 50, failedOrUnknown: 5, others: 3 };
    const rows = new PageRows({ rows: 100, columns: [] }, limits);
    const taken = Array.from({ length: 100 }, (_, i) =>
      rows.take(result(i + 1, i % 10 === 9 ? 'failed' : 'succeeded')),
    ).flatMap((line, i) => (line === undefined ? [] : [i + 1]));
    expect(taken).toEqual([1, 2, 3, 10, 20, 30, 40, 50]);
    expect(rows.count).toBe(8);
  });

  test('have a limit for each kind, which the others do not use up', () => {
    const limits = { ...PAGE_LIMITS, whole: 1, failedOrUnknown: 4, notAttempted: 2, others: 3 };
    const outcomes = ['failed', 'unknown', 'not-attempted', 'succeeded', 'skipped'] as const;
    const rows = new PageRows({ rows: 100, columns: [] }, limits);
    const taken: Record<string, number> = {};
    for (let row = 1; row <= 100; row += 1) {
      const outcome = outcomes[row % 5] ?? 'failed';
      if (rows.take(result(row, outcome)) !== undefined) taken[outcome] = (taken[outcome] ?? 0) + 1;
    }
    expect(taken).toEqual({
      failed: 2,
      unknown: 2,
      'not-attempted': 2,
      succeeded: 2,
      skipped: 1,
    });
  });

  test('of a run of a hundred thousand are all there, and of a larger one most of those that need attention', () => {
    const kinds = ['failed', 'not-attempted', 'succeeded'] as const;
    for (const rows of [100_000, 100_001]) {
      const taking = new PageRows({ rows, columns: [] });
      for (const kind of kinds) expect(taking.take(result(1, kind))).toBeDefined();
    }
    const { whole, failedOrUnknown, notAttempted, others } = PAGE_LIMITS;
    expect([whole, failedOrUnknown + notAttempted + others]).toEqual([100_000, 100_000]);
    expect(Math.max(notAttempted, others)).toBeLessThan(failedOrUnknown);
  });

  test('are all there if there are no more than fit, whatever their kind', () => {
    const limits = { ...PAGE_LIMITS, whole: 9, failedOrUnknown: 2, notAttempted: 2, others: 2 };
    const takenOf = (rows: number) => {
      const taking = new PageRows({ rows, columns: [] }, limits);
      for (let row = 1; row <= rows; row += 1) taking.take(result(row, 'failed'));
      return taking.count;
    };
    expect([takenOf(8), takenOf(9), takenOf(10)]).toEqual([8, 9, 2]);
  });

  test('end with the one that fills the page', () => {
    const lengthOf = (row: number) =>
      new PageRows({ rows: 9, columns: [] }).take(result(row, 'failed'))?.length ?? 0;
    const takenOf = (characters: number) => {
      const rows = new PageRows({ rows: 9, columns: [] }, { ...PAGE_LIMITS, characters });
      return [1, 2, 3].filter((row) => rows.take(result(row, 'failed')) !== undefined);
    };
    expect(takenOf(lengthOf(1))).toEqual([1]);
    expect(takenOf(lengthOf(1) + 1)).toEqual([1, 2]);
  });

  test('say why by a code, if they failed or it is unknown, and by a reason if not', () => {
    const whyOf = (outcome: Outcome) => {
      const row = { ...result(1, outcome, 'reason'), oktaErrorCode: 'E1' };
      const line = new PageRows({ rows: 1, columns: [] }).take(row);
      return (JSON.parse(line ?? '') as PageRow)[4];
    };
    expect(OUTCOMES.map((outcome) => [outcome, whyOf(outcome)])).toEqual([
      ...[
        ['succeeded', 'reason'],
        ['skipped', 'reason'],
        ['failed', 'E1'],
        ['unknown', 'E1'],
      ],
      ['not-attempted', 'reason'],
    ]);
  });

  test('have at most thirty columns of the input, and cells of at most 300 characters', () => {
    const names = Array.from({ length: 40 }, (_, at) => `column ${at}`);
    const rows = new PageRows({ rows: 1, columns: names });
    expect(rows.own).toEqual(names.slice(0, 30));
    const columns = Object.fromEntries(names.map((name) => [name, 'x'.repeat(301)]));
    const line = rows.take({ ...result(1, 'failed', 'y'.repeat(300)), columns });
    const [, , , , , , message, , , , , , , , own] = JSON.parse(line ?? '') as PageRow;
    expect(message).toBe('y'.repeat(300));
    expect(own).toEqual(Array.from({ length: 30 }, () => `${'x'.repeat(299)}…`));
  });

  test('stay within their bytes, however long the cells are', () => {
    const limits = { ...PAGE_LIMITS, characters: 20_000 };
    const rows = new PageRows({ rows: 100, columns: [] }, limits);
    let characters = 0;
    for (let row = 1; row <= 100; row += 1) {
      characters += rows.take(result(row, 'failed', '<'.repeat(100_000)))?.length ?? 0;
    }
    expect(characters).toBeGreaterThan(15_000);
    expect(characters).toBeLessThan(limits.characters + 10_000);
  });
});
