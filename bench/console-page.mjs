// The console's table in a real browser, run by console.mjs with tsx: a plan of this many rows. Prints what it measured.
import { openBrowser } from '../test/browser/chromium.ts';
import { draftFor, planOf } from '../test/browser/console-stage.ts';
import { startConsole } from '../test/console/console-process.ts';
import { fastClock } from '../test/integration/rig.ts';
import { startSandbox } from '../src/sandbox/sandbox.ts';
import { BOUNDS } from '../src/console/api/bounds.ts';

const rows = Number(process.argv[2]);
const KEY_MS = 120;
const idAt = (row) => `00uMadeUp${String(row).padStart(11, '0')}`;

async function upload(speaker) {
  const lines = Array.from({ length: rows }, (_, at) => {
    const row = at + 1;
    return `${idAt(row)},first.last${row}@contractors.example.com,Department ${row % 40},Paris`;
  });
  const bytes = Buffer.from(`id,login,department,city\n${lines.join('\n')}\n`);
  const { json } = await speaker.post('/api/uploads', { name: 'people.csv' });
  for (let part = 0, from = 0; from < bytes.length; part += 1, from += BOUNDS.partBytes) {
    const base64 = bytes.subarray(from, from + BOUNDS.partBytes).toString('base64');
    const last = from + BOUNDS.partBytes >= bytes.length;
    await speaker.post(`/api/uploads/${json.id}/parts`, { part, base64, last });
  }
  return json.id;
}

/** In the page: the longest time between two frames, and the longest task. */
function watch() {
  globalThis.watched = { frameMs: 0, taskMs: 0 };
  let before = performance.now();
  const frame = (now) => {
    watched.frameMs = Math.max(watched.frameMs, now - before);
    before = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries())
      watched.taskMs = Math.max(watched.taskMs, duration);
  }).observe({ entryTypes: ['longtask'] });
}

/** Opens the preview again, and returns when its first row could be read. Milliseconds since the navigation began. */
async function firstRows(page, url) {
  await page.goto('about:blank');
  await page.goto(url, { waitUntil: 'commit' });
  await page.locator('.rows tr[data-place] a').first().waitFor();
  return page.evaluate(() => performance.now());
}

/** Types a text key by key. Returns how long the page was blocked and how long the answer took. */
async function typed(page, text, wanted) {
  const field = page.getByLabel('Search every column');
  await field.fill('');
  await page.waitForTimeout(600);
  await page.evaluate(() => Object.assign(watched, { frameMs: 0, taskMs: 0 }));
  await field.pressSequentially(text, { delay: KEY_MS });
  const startedMs = Date.now();
  await page.getByRole('link', { name: wanted }).first().waitFor();
  const foundMs = Date.now() - startedMs;
  return { foundMs, ...(await page.evaluate(() => watched)) };
}

const clock = fastClock(1);
const org = await startSandbox({ users: 10, limits: 'off' }, { clock });
const opened = await openBrowser();
const console_ = await startConsole(org, clock);
try {
  const { speaker, url } = console_;
  const draft = await draftFor({ speaker }, [], { 'no-lookup': [] });
  await speaker.post(`/api/drafts/${draft}`, {
    flags: { user: null },
    files: [await upload(speaker)],
  });
  const { id } = await planOf({ speaker }, draft);
  const context = await opened.browser.newContext({ viewport: { width: 1440, height: 900 } });
  const [name = '', value = ''] = speaker.cookie.split('=');
  await context.addCookies([{ url, name, value, httpOnly: true, sameSite: 'Strict' }]);
  const page = await context.newPage();
  await page.goto(`${url}/#${speaker.key}`);
  await page.locator('main h1').waitFor();
  const preview = `${url}/runs/${id}/preview`;
  const coldMs = await firstRows(page, preview);
  const warmMs = await firstRows(page, preview);
  await page.evaluate(watch);
  const rare = await typed(page, `last${rows - 1}@`, idAt(rows - 1));
  const common = await typed(page, 'department 3', /./);
  process.stdout.write(`${JSON.stringify({ coldMs, warmMs, rare, common })}\n`);
} finally {
  await console_.kill();
  await opened.close();
  await org.close();
}
process.exit(0);
