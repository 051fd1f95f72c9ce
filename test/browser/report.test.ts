import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { findErrorEntry } from '../../src/domain/codes/okta-error.ts';
import { writeReports } from '../../src/report/results/write-reports.ts';
import {
  clock,
  ended,
  mixedOutcome,
  mixedVerdict,
  planned,
  recordsOf,
  rowsOf,
  runFile,
} from '../report/sample.ts';
import { browserOrNothing, type OpenedBrowser } from './chromium.ts';
import { faultsOf } from './faults.ts';

const HOSTILE = '</script><script>document.title="owned"</script>';
const ROWS = 3000;

let dir = '';
let opened: OpenedBrowser | undefined;

async function report(name: string, isPlan: boolean): Promise<string> {
  const folder = join(dir, name);
  await mkdir(folder);
  const rows = Array.from({ length: ROWS }, (_, i) =>
    planned(i + 1, mixedVerdict(i + 1), {
      input: `E-${String(i + 1).padStart(5, '0')}`,
      columns: {
        'Employee No': `E-${String(i + 1).padStart(5, '0')}`,
        'Cost centre': i === 1234 ? 'Reykjavík' : 'Oslo',
      },
      ...(i % 3 === 0 ? { login: `${HOSTILE}${i}` } : {}),
    }),
  );
  await writeReports({
    dir: folder,
    run: runFile({ rows: ROWS, columns: ['Employee No', 'Cost centre'] }),
    rows: rowsOf(rows),
    records: isPlan
      ? undefined
      : recordsOf((row) =>
          row % 100 === 0
            ? ended(row, { outcome: 'failed', oktaCode: 'E0000007' })
            : mixedOutcome(row, ROWS),
        ),
    explain: findErrorEntry,
    clock,
  });
  return pathToFileURL(join(folder, 'report.html')).href;
}

const urls: Record<string, string> = {};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'okta-reset-page-'));
  urls['run'] = await report('run', false);
  urls['plan'] = await report('plan', true);
  opened = await browserOrNothing();
}, 120_000);

afterAll(async () => {
  await opened?.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

interface Look {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

async function visit<T>(
  url: string,
  { width, scheme }: Look,
  look: (page: Page) => Promise<T>,
): Promise<T | undefined> {
  if (opened === undefined) return undefined;
  const context = await opened.browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    locale: 'en-GB',
    bypassCSP: true,
  });
  try {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto(url);
    expect(errors).toEqual([]);
    return await look(page);
  } finally {
    await context.close();
  }
}

describe.each(['run', 'plan'])('the report of a %s', (which) => {
  test('has no serious finding of axe, at both widths and in both color schemes', async () => {
    const look = { width: 1440, scheme: 'light' } as const;
    const faults = await visit(urls[which] ?? '', look, (page) => faultsOf(page, which));
    expect(faults ?? []).toEqual([]);
  });

  test('fits 390 px: nothing is wider than the screen, and text has width', async () => {
    const seen = await visit(urls[which] ?? '', { width: 390, scheme: 'light' }, (page) =>
      page.evaluate(() => ({
        page: document.documentElement.scrollWidth,
        heading: document.querySelector('h1')?.getBoundingClientRect().width ?? 0,
        // Anything smaller is hard to hit with a thumb.
        small: [
          ...document.querySelectorAll<HTMLElement>('#table button, #table input, #table select'),
        ]
          .filter(
            (one) =>
              one.offsetParent !== null &&
              one.closest('label')?.querySelector('input[type=checkbox]') == null,
          )
          .filter((one) => one.getBoundingClientRect().height < 24).length,
        word: (() => {
          const range = document.createRange();
          range.selectNodeContents(document.querySelector('h1') ?? document.body);
          return range.getBoundingClientRect().width;
        })(),
      })),
    );
    if (seen === undefined) return;
    expect(seen.page).toBe(390);
    expect(seen.word).toBeGreaterThan(100);
    expect(seen.small).toBe(0);
  });
});

describe('the table of rows', () => {
  const shown = (page: Page) => page.locator('#shown').textContent();

  test('filters as the address says, shows hostile names as text, draws the chart', async () => {
    const url = `${urls['run'] ?? ''}#outcome=failed&q=SCRIPT`;
    const seen = await visit(url, { width: 1440, scheme: 'light' }, async (page) => ({
      shown: await shown(page),
      title: await page.title(),
      cell: await page.locator('#scroller td.c-who').first().textContent(),
      chart: await page.locator('#timeline-chart .uplot').count(),
    }));
    if (seen === undefined) return;
    expect(seen.shown).toMatch(/^\d+ of 3,000 rows shown$/);
    expect(seen.title).toMatch(/^okta-reset on acme/);
    expect([seen.cell?.startsWith(HOSTILE), seen.chart]).toEqual([true, 1]);
  });

  test('searches the columns of the input, and shows the one that names the rows', async () => {
    const seen = await visit(urls['run'] ?? '', { width: 1440, scheme: 'light' }, async (page) => {
      await page.locator('#search').fill('reykjavík');
      const found = await shown(page);
      const head = await page.locator('#scroller th').allTextContents();
      const named = await page.locator('#scroller td.c-named').first().textContent();
      await page.locator('#scroller tr[data-index="0"] td').first().click();
      const details = await page.locator('#details dl').textContent();
      return { found, head, named, details };
    });
    if (seen === undefined) return;
    expect(seen.found).toBe('1 of 3,000 rows shown');
    expect(seen.head.slice(0, 3)).toEqual(['Row', 'Employee No', 'Who']);
    expect(seen.named).toBe('E-01235');
    expect(seen.details).toContain('Cost centreReykjavík');
  });

  test('opens a row by key, and restores the focus when it is closed', async () => {
    const seen = await visit(urls['run'] ?? '', { width: 390, scheme: 'dark' }, async (page) => {
      await page.locator('#scroller tr[data-index="0"]').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      const title = await page.locator('#details h2').textContent();
      await page.keyboard.press('Escape');
      const back = await page.evaluate(
        () => (document.activeElement as HTMLElement | null)?.dataset['index'],
      );
      return { title, back };
    });
    if (seen === undefined) return;
    expect(seen).toEqual({ title: 'Row 2', back: '1' });
  });
});
