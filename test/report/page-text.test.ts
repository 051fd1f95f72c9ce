/** What report.html says, read without its tags: of a plan, of a run, and of what is dangerous. */
import { describe, expect, test } from '@jest/globals';
import type { OutcomeRecord } from '../../src/domain/run/journal-record.ts';
import { csvLine } from '../../src/report/results/csv-text.ts';
import { bodyOf, pageText, type Told } from './page-body.ts';
import { ended, runFile } from './sample.ts';

const quiet = { preview: { ...runFile().preview, warnings: [] } };

describe('the page of a plan', () => {
  test('says that nothing was sent, and nothing of a beginning, an end or calls', async () => {
    const text = await pageText({ verdicts: { 2: { kind: 'skip', reason: 'excluded' } } });
    expect(text).toMatch(
      /^\s*(?:Go to the table of rows)?\s*DRY RUN – nothing was sent · acme\.okta\.com · 2026-11-22 03:14:40 UTC/,
    );
    for (const words of ['What would happen', 'To act on', 'Skipped', 'Excluded by --exclude'])
      expect(text).toContain(words);
    for (const words of ['How the rows ended', 'Started', 'Unknown', 'Succeeded', 'Executed by'])
      expect(text).not.toContain(words);
  });

  test('of nobody has no table and no bar', async () => {
    const text = await pageText({ rows: 0 });
    expect(text).not.toMatch(/\nAll rows/);
    expect(await pageText({ rows: 1 })).toMatch(/\nAll rows/);
    expect(text).toContain('0 users would be acted on.');
  });

  test('without warnings has only what comes next', async () => {
    const text = await pageText({ run: quiet });
    expect(text).toMatch(/\nNext\n/);
    expect(text).not.toContain('Warnings');
    expect(text).toContain(`okta-reset run --plan ${runFile().runId}`);
  });
});

describe('the page of a run', () => {
  const done = (row: number) => ended(row);

  test('is named by what was done, when, and where it belongs', async () => {
    const text = await pageText({ endings: done });
    expect(text).toContain('Password reset report · acme.okta.com · 2026-11-22 03:15:02 UTC');
    for (const words of ['How the rows ended', '\nStarted', '\nEnded', 'Succeeded', 'All rows'])
      expect(text).toContain(words);
    expect(text).toContain('acme.okta.com (00o1abcdEFGHijklmnop)');
    expect(text).not.toMatch(/Follows run|This page has/);
    const { spec } = runFile();
    const other = await pageText({
      endings: done,
      run: {
        spec: { ...spec, action: 'suspend' },
        orgId: '',
        parentRunId: 'a',
        parentRunIds: ['a', 'b'],
      },
    });
    expect(other).toContain('Report: suspend · ');
    expect(other).toMatch(/Follows run\s*a, b/);
    expect(other).not.toContain('(00o');
  });

  test('names its warnings with their rows, once', async () => {
    const warnings = [
      { code: 'mails', text: 'Okta emails 5 users.', rows: 5 },
      { code: 'mails', text: 'Old links stop.', rows: 5 },
      { code: 'mails', text: 'Plain.' },
    ] as const;
    const preview = { ...runFile().preview, warnings };
    const text = await pageText({ endings: done, run: { preview } });
    expect(text).toContain('\nWarnings\n');
    expect(text).toMatch(/Okta emails 5 users\.\n/);
    expect(text).toContain('Old links stop. (5 rows)');
    expect(text).toMatch(/Plain\.\n/);
    expect(text).not.toContain('Stopped early.');
  });

  test('names its stop, what is unknown, and secrets that were issued again', async () => {
    const endings = (row: number) =>
      row === 3
        ? undefined
        : ended(row, row === 2 ? { outcome: 'unknown', reason: 'undecided' } : {});
    const stop = { kind: 'signal', signal: 'SIGINT' } as const;
    const text = await pageText({ endings, records: { stop, reissued: 1 }, run: quiet });
    expect(text).toMatch(/Stopped early\.\s*Stopped by SIGINT\./);
    expect(text).toMatch(/1 row unknown:/);
    expect(text).toContain('1 secret issued again');
    expect(text).toContain('\nWarnings\n');
    const calm = await pageText({ endings: done, run: quiet });
    expect(calm).not.toMatch(/Stopped early|unknown:|issued again|Warnings/);
  });

  test('groups what went wrong, at most fifty codes, and says how many more there are', async () => {
    const failing = (codes: number) => (row: number) =>
      ended(row, { outcome: 'failed', oktaCode: `E${String((row - 1) % codes).padStart(7, '0')}` });
    const more = async (codes: number) =>
      /and \d+ more codes?; see failed\.csv/.exec(
        await pageText({ rows: 110, endings: failing(codes) }),
      );
    expect(await more(50)).toBeNull();
    expect((await more(51))?.[0]).toContain('and 1 more code;');
    expect((await more(53))?.[0]).toContain('and 3 more codes;');
    expect(await pageText({ endings: done })).not.toContain('What went wrong');
  });

  test('names the files that list what is left', async () => {
    const mixed = (row: number) =>
      row === 1 ? ended(1, { outcome: 'failed', reason: 'refused' }) : undefined;
    const failed = await pageText({ endings: mixed });
    expect(failed).toMatch(/1 failed\s*, listed in failed\.csv/);
    const doubtful = await pageText({
      endings: (row) => ended(row, row === 1 ? { outcome: 'unknown', reason: 'gone' } : {}),
    });
    expect(doubtful).toMatch(/\n1 unknown\s*, listed in failed\.csv/);
    expect(await pageText({ endings: done })).not.toContain('failed.csv');
  });

  test('says that its record is damaged before anything else', async () => {
    const text = await pageText({ endings: done, records: { chain: 'broken' } });
    expect(text).toContain('is damaged or was edited');
    expect(await pageText({ endings: done })).not.toContain('is damaged or was edited');
  });
});

describe('the bar of the outcomes', () => {
  /** What the bar says of itself, how wide it is, and where each part begins and how wide that is. */
  async function barOf(what: Told) {
    const [bar] = /<svg class="bar".*?<\/svg>/s.exec(await bodyOf(what)) ?? [];
    const parts = [
      ...(bar ?? '').matchAll(/<rect class="fill-([\w-]+)" x="([\d.]+)" width="([\d.]+)"/g),
    ];
    return {
      label: /aria-label="([^"]*)"/.exec(bar ?? '')?.[1],
      width: Number(/viewBox="0 0 ([\d.]+) 10"/.exec(bar ?? '')?.[1]),
      parts: parts.map(([, name, x, width]) => ({ name, x: Number(x), width: Number(width) })),
    };
  }

  test('has a part for each outcome, one after the other, as wide as it has rows, and no narrower than can be seen', async () => {
    const endings = (row: number) =>
      row === 1
        ? ended(1, { outcome: 'failed', reason: 'refused' })
        : row < 1000
          ? ended(row)
          : undefined;
    const { label, width, parts } = await barOf({ rows: 1000, endings });
    expect(label).toBe('Succeeded 998, Failed 1, Not attempted 1');
    let end = 0;
    for (const { x, width: wide } of parts) {
      expect(x).toBeCloseTo(end, 5);
      end += wide;
    }
    expect(width).toBeCloseTo(end, 5);
    const wide = Object.fromEntries(parts.map((part) => [part.name, part.width]));
    expect([wide['skipped'], wide['unknown']]).toEqual([0, 0]);
    expect(wide['failed']).toBe(wide['not-attempted']);
    expect(wide['failed']).toBe(6);
    expect(wide['succeeded']).toBeGreaterThan(100 * (wide['failed'] ?? 0));
  });

  test('is as wide as its rows together, if none is too narrow', async () => {
    const endings = (row: number) => (row === 1 ? ended(1, { outcome: 'failed' }) : ended(row));
    const { width, parts } = await barOf({ rows: 4, endings });
    const wide = parts.filter((part) => part.width > 0);
    expect([width, wide]).toEqual([
      1000,
      [
        { name: 'succeeded', x: 0, width: 750 },
        { name: 'failed', x: 750, width: 250 },
      ],
    ]);
  });

  test('is not drawn of no rows', async () => {
    expect(await bodyOf({ rows: 0 })).not.toContain('<svg class="bar"');
    expect((await barOf({ rows: 1 })).label).toBe('To act on 1');
  });
});

test('one unknown row and one secret that was issued again are each worth a warning', async () => {
  const unknown = (row: number) =>
    ended(row, row === 1 ? { outcome: 'unknown', reason: 'gone' } : {});
  const warned = async (endings: (row: number) => OutcomeRecord, reissued: number) =>
    (await pageText({ endings, records: { reissued }, run: quiet })).includes('\nWarnings\n');
  expect(await warned(unknown, 0)).toBe(true);
  expect(await warned(unknown, 1)).toBe(true);
  expect(await warned((row) => ended(row), 1)).toBe(true);
  expect(await warned((row) => ended(row), 0)).toBe(false);
  // One of each kind, and a warning of the plan.
  const [first] = runFile().preview.warnings;
  const preview = { ...runFile().preview, warnings: first === undefined ? [] : [first] };
  for (const reissued of [0, 1]) {
    const text = await pageText({ endings: unknown, records: { reissued }, run: { preview } });
    expect(text).toContain('\nWarnings\n');
  }
});

test('the groups of what went wrong begin with the first', async () => {
  const endings = (row: number) => ended(row, { outcome: 'failed', oktaCode: `E000000${row}` });
  const text = await pageText({ endings });
  for (const row of [1, 2, 3]) expect(text).toMatch(new RegExp(`E000000${row}`));
});

test('a line of CSV quotes what needs it, and leaves exact cells alone', () => {
  expect(csvLine(['a', 'b,c', 'd"e', ''])).toBe('a,"b,c","d""e",\n');
  expect([csvLine(['']), csvLine(['a']), csvLine(['', ''])]).toEqual(['""\n', 'a\n', ',\n']);
  expect(csvLine(['=1', '=1'], [true, false])).toBe("=1,'=1\n");
});
