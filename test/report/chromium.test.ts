import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeReports } from '../../src/report/write-reports.ts';
import { clock, ended, planned, recordsOf, rowsOf, runFile } from './sample.ts';

const browser = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
const HOSTILE = '</script><script>document.title="owned"</script>';
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  '--virtual-time-budget=2000',
];

// Where there is no Chromium, html-page.test.ts still holds the page to its policy and row-filter.test.ts its filter.
(browser === undefined ? describe.skip : describe)('report.html in Chromium', () => {
  let dir = '';
  let dom = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'okta-reset-page-'));
    const rows = Array.from({ length: 3000 }, (_, i) =>
      planned(i + 1, undefined, i % 3 === 0 ? { login: `${HOSTILE}${i}` } : {}),
    );
    await writeReports({
      dir,
      run: runFile({ rows: rows.length }),
      rows: rowsOf(rows),
      records: recordsOf((row) =>
        ended(row, row % 100 === 0 ? { outcome: 'failed', oktaCode: 'E0000007' } : {}),
      ),
      explain: () => undefined,
      clock,
    });
    const url = `${pathToFileURL(join(dir, 'report.html')).href}#outcome=failed&q=SCRIPT`;
    const { stdout } = await promisify(execFile)(
      browser ?? '',
      [...FLAGS, `--user-data-dir=${join(dir, 'profile')}`, '--dump-dom', url],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    dom = stdout.replace(/<script type="application\/json" id="rows">[^<]*<\/script>/, '');
  }, 60_000);
  afterAll(async () => {
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  test('filters the rows as the address says', () => {
    expect(dom).toMatch(/id="shown"[^>]*>10 of 3,000 rows shown</);
    expect([...dom.matchAll(/<tr [^>]*data-index=/g)]).toHaveLength(10);
  });

  test('shows hostile names as text', () => {
    expect(dom).toContain('<title>okta-reset on acme.okta.com');
    expect(dom).toContain('&lt;/script&gt;&lt;script&gt;document.title="owned"&lt;/script&gt;99');
  });

  test('draws the chart under its policy', () => {
    expect(dom).toMatch(/<div id="timeline-chart"[^>]*><div class="uplot/);
  });
});
