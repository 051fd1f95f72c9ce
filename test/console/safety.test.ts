/** Each safety rule under attack: what any page, program or name that points to this machine could try. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setMaxListeners } from 'node:events';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { BOUNDS, KEY_HEADER } from '../../src/console/api/bounds.ts';
import { skippingClock } from '../skipping-clock.ts';
import { openRig, type ConsoleRig, type Page } from './rig.ts';

let rig: ConsoleRig;
let page: Page;
let own: Record<string, string>;

beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  await rig.pressEnter();
  page = await rig.page();
  own = { cookie: page.cookie, [KEY_HEADER]: page.key };
});

const JSON_TYPE = { 'content-type': 'application/json' };

describe('who can use the console', () => {
  test('only requests that name it exactly: no other Host, port or name that points here', async () => {
    const { port } = rig;
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `127.0.0.1.evil.example:${port}`,
      `0.0.0.0:${port}`,
      `[::ffff:127.0.0.1]:${port}`,
      `localhost.:${port}`,
      `LOCALHOST:${port}`,
      `127.1:${port}`,
    ]) {
      for (const path of ['/', '/api/state', '/api/events', '/assets/console.js', '/open/x'])
        expect([host, path, (await rig.send(path, { headers: { ...own, host } })).status]).toEqual([
          host,
          path,
          403,
        ]);
    }
    expect(
      (await rig.send('/api/state', { headers: { ...own, host: `localhost:${port}` } })).status,
    ).toBe(200);
  });

  test('no other page: a foreign Origin, `null` and another port are refused, on every address', async () => {
    const { port } = rig;
    const origins = [
      'https://evil.example',
      'null',
      `http://127.0.0.1:${port + 1}`,
      `https://127.0.0.1:${port}`,
      `http://localhost:${port}`,
    ];
    for (const origin of origins) {
      for (const path of ['/', '/api/state', '/api/events'])
        expect((await rig.send(path, { headers: { ...own, origin } })).status).toBe(403);
      const sent = { method: 'POST', headers: { ...own, ...JSON_TYPE, origin }, body: '{}' };
      expect((await rig.send('/api/disconnect', sent)).status).toBe(403);
      const preflight = {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      };
      expect((await rig.send('/api/disconnect', preflight)).status).toBe(403);
    }
    const { headers } = await rig.send('/api/state', { headers: { ...own, origin: rig.url } });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('no other site: what a browser marks as cross-site gets nothing of the API', async () => {
    for (const site of ['cross-site', 'same-site', 'none']) {
      const headers = { ...own, 'sec-fetch-site': site };
      expect((await rig.send('/api/state', { headers })).status).toBe(403);
    }
  });

  test('no session, another key, the key of another session, a key without its cookie: nothing', async () => {
    const first = own;
    await rig.pressEnter();
    const other = await rig.page();
    const tries: readonly Record<string, string>[] = [
      {},
      { cookie: page.cookie },
      { [KEY_HEADER]: page.key },
      { cookie: page.cookie, [KEY_HEADER]: '' },
      { cookie: page.cookie, [KEY_HEADER]: `${page.key}x` },
      { cookie: page.cookie, [KEY_HEADER]: other.key },
      { cookie: other.cookie, [KEY_HEADER]: page.key },
      { cookie: `${page.cookie}x`, [KEY_HEADER]: page.key },
    ];
    for (const headers of tries) {
      for (const path of ['/api/state', '/api/events', '/api/runs', '/api/runs/x/files/report'])
        expect([headers, (await rig.send(path, { headers })).status]).toEqual([headers, 401]);
      const sent = { method: 'POST', headers: { ...headers, ...JSON_TYPE }, body: '{}' };
      expect((await rig.send('/api/disconnect', sent)).status).toBe(401);
    }
    expect((await rig.send('/api/state', { headers: first })).status).toBe(200);
  });

  test('the shell and its files open with the cookie only, and the shell for the page’s own addresses', async () => {
    for (const path of ['/', '/connect', '/new/x/who', '/runs/x/row/3', '/assets/console.js'])
      expect((await rig.send(path)).status).toBe(401);
    for (const path of ['/', '/connect', '/new/x/who', '/runs/x/row/3']) {
      const answer = await rig.send(path, { headers: { cookie: page.cookie } });
      expect([answer.status, answer.headers['content-type']]).toEqual([
        200,
        'text/html; charset=utf-8',
      ]);
    }
  });

  test('by the other loopback address: ::1 answers to its own names, and to no other', async () => {
    const { port } = rig;
    const by6 = `http://[::1]:${port}`;
    const ask = (headers: Record<string, string> = {}) =>
      rig.send(`${by6}/api/state`, { headers: { ...own, ...headers } });
    // A machine without IPv6 has only one of the addresses.
    if ((await ask().catch(() => undefined)) === undefined) return;
    expect((await ask()).status).toBe(200);
    expect((await ask({ origin: by6 })).status).toBe(200);
    expect((await ask({ origin: rig.url })).status).toBe(403);
    for (const host of [`[::]:${port}`, '[::1]', `[::1]:${port + 1}`, `[0:0:0:0:0:0:0:1]:${port}`])
      expect([host, (await ask({ host })).status]).toEqual([host, 403]);
    expect((await rig.send(`${by6}/api/state`, {})).status).toBe(401);
    expect((await rig.send(`${by6}/`)).status).toBe(401);
  });

  test('it listens on loopback and nowhere else', async () => {
    const addresses = Object.values(networkInterfaces())
      .flat()
      .flatMap((found) => (found === undefined || found.internal ? [] : [found]));
    for (const { address } of addresses.filter((each) => each.family === 'IPv4')) {
      const refused = await new Promise<boolean>((resolve) => {
        const socket = connect({ host: address, port: rig.port });
        socket.once('connect', () => resolve(false)).once('error', () => resolve(true));
      });
      expect([address, refused]).toEqual([address, true]);
    }
  });
});

describe('a link', () => {
  test('works once, and an older one not at all', async () => {
    const old = await rig.pressEnter();
    const link = await rig.pressEnter();
    expect((await rig.send(old)).status).toBe(403);
    const opened = await rig.send(link);
    expect(opened.status).toBe(303);
    expect(opened.headers['location']).toMatch(/^\/#[\w-]{43}$/);
    const cookie = String(opened.headers['set-cookie']);
    expect(cookie).toMatch(
      /^okta-reset-console-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
    );
    expect((await rig.send(link)).status).toBe(403);
    for (const path of [
      '/open/',
      '/open/x',
      `/open/${'A'.repeat(5000)}`,
      '/open/%00',
      '/open/..%2f',
    ])
      expect((await rig.send(path)).headers['set-cookie']).toBeUndefined();
  });

  test('opened from elsewhere continues through a page of ours, so that the strict cookie is sent; a known browser keeps its session', async () => {
    const opened = await rig.send(await rig.pressEnter(), {
      headers: { cookie: page.cookie, 'sec-fetch-site': 'cross-site' },
    });
    expect([opened.status, opened.text]).toEqual([
      200,
      expect.stringContaining(`0;url=/#${page.key}`),
    ]);
    expect(opened.text).not.toContain('<script');
  });

  test('a session ends after idle hours', async () => {
    const clock = skippingClock();
    const idle = await openRig({ clock });
    const asleep = await idle.page();
    expect((await asleep.get('/api/state')).status).toBe(200);
    await clock.sleep(BOUNDS.idleMs + 1000);
    expect((await asleep.get('/api/state')).status).toBe(401);
    await idle.close();
  });
});

describe('what a request can contain', () => {
  test('only JSON by POST, GET for the rest: no form, no text, no other method', async () => {
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/json-patch',
      '',
    ]) {
      const headers = { ...own, ...(type === '' ? {} : { 'content-type': type }) };
      expect([
        type,
        (await rig.send('/api/disconnect', { method: 'POST', headers, body: '{}' })).status,
      ]).toEqual([type, 415]);
    }
    for (const method of ['PUT', 'DELETE', 'PATCH', 'HEAD', 'TRACE'])
      expect([method, (await rig.send('/api/state', { method, headers: own })).status]).toEqual([
        method,
        405,
      ]);
    expect(
      (await rig.send('/', { method: 'POST', headers: { ...own, ...JSON_TYPE }, body: '{}' }))
        .status,
    ).toBe(405);
    for (const path of ['/api/connect', '/api/runs/x/execute', '/api/keys', '/api/drafts'])
      expect([path, (await page.get(path)).status]).toEqual([path, 404]);
  });

  test('no more than the limits: a body, a part, a query, rows', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(BOUNDS.bodyBytes) });
    const sent = { method: 'POST', headers: { ...own, ...JSON_TYPE }, body };
    expect((await rig.send('/api/uploads', sent)).status).toBe(413);
    expect((await page.get('/api/runs/x/rows?count=201')).status).toBe(400);
    expect((await page.get('/api/events?after=1&after=2')).status).toBe(400);
    expect((await page.post('/api/uploads', { name: 'a.csv', path: '/etc/passwd' })).status).toBe(
      400,
    );
    const { id } = (await page.post('/api/uploads', { name: 'a.csv' })).json as { id: string };
    const base64 = Buffer.alloc(BOUNDS.partBytes + 3).toString('base64');
    expect(
      (await page.post(`/api/uploads/${id}/parts`, { part: 0, base64, last: true })).status,
    ).toBe(400);
    expect(
      (await page.post(`/api/uploads/${id}/parts`, { part: 1, base64: '', last: true })).status,
    ).toBe(409);
  });

  test('a hundred streams: those beyond the limit are refused, and there is room again when some end', async () => {
    const over = new AbortController();
    setMaxListeners(0, over.signal);
    const statuses: number[] = [];
    for (let stream = 0; stream < 100; stream += 1) {
      const answer = await request(`${rig.url}/api/events`, { headers: own, signal: over.signal });
      answer.body.on('error', () => undefined);
      statuses.push(answer.statusCode);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(BOUNDS.streams);
    expect(statuses.filter((status) => status === 429)).toHaveLength(100 - BOUNDS.streams);
    over.abort();
    await page.until('uploads', () => true).catch(() => undefined);
    expect((await page.get('/api/state')).status).toBe(200);
  });

  test('no path from outside is ever opened', async () => {
    await mkdir(join(rig.dir, 'reports'), { recursive: true });
    await writeFile(join(rig.dir, 'secret.txt'), 'TOP');
    const outside = await mkdtemp(join(tmpdir(), 'okta-reset-outside-'));
    await writeFile(join(outside, 'run.json'), '{}');
    await symlink(outside, join(rig.dir, 'reports', 'linked'));
    for (const path of [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/assets/%2e%2e/secret.txt',
      '/assets/console.js%00.txt',
      '/@fs/etc/passwd',
      '/api/runs/..',
      '/api/runs/..%2f..',
      '/api/runs/linked',
      '/api/runs/%2e%2e%2f/files/results-csv',
      '/api/runs/x/files/..%2frun.json',
      '/api/runs/x/files/secrets',
      '/api/runs/x/rows/..%2f1',
    ]) {
      const answer = await rig.send(path, { headers: own });
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.text).not.toContain('TOP');
    }
    // A mistyped address is a screen of the page for those who have a session, and nothing for others.
    expect((await rig.send('/run/x', { headers: own })).text).toContain('id="console"');
    expect((await rig.send('/run/x')).text).not.toContain('id="console"');
    expect((await rig.send('/assets/x', { headers: own })).json.code).toBe('NOT_FOUND');
  });

  test('an upload is content: its name leads nowhere, and a draft accepts no other file', async () => {
    const { json } = await page.post('/api/uploads', { name: '../../../etc/passwd\u202e' });
    expect(json.name).toBe('passwd');
    await page.post(`/api/uploads/${json.id}/parts`, {
      part: 0,
      base64: Buffer.from('login\na@b.example\n').toString('base64'),
      last: true,
    });
    for (const flags of [
      { file: ['/etc/passwd'] },
      { exclude: ['/etc/passwd'] },
      { out: ['/tmp/x'] },
      { 'token-file': ['/etc/passwd'] },
      { org: ['https://evil.example'] },
      { profile: ['x'] },
      { confirm: ['1@x'] },
      { yes: [] },
      { 'force-unlock': [] },
      { 'secrets-plaintext': [] },
      { hook: ['id'] },
      { __proto__: ['x'] },
      { constructor: ['x'] },
    ])
      expect([flags, (await page.post('/api/drafts', { flags })).status]).toEqual([
        flags,
        Object.keys(flags).length === 0 ? 200 : 400,
      ]);
    expect((await page.post('/api/drafts', { files: ['/etc/passwd'] })).status).toBe(400);
    expect((await page.post('/api/drafts', { files: ['unknown'] })).status).toBe(404);
  });
});

test('every answer has the headers that keep others out, including refusals', async () => {
  const answers = [
    await rig.send('/'),
    await rig.send('/', { headers: { cookie: page.cookie } }),
    await page.get('/api/state'),
    await page.get('/api/nothing'),
    await rig.send('/api/state', { headers: { host: 'evil.example' } }),
    await rig.send(await rig.pressEnter()),
  ];
  for (const { headers } of answers) {
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'/,
      ),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(headers['content-security-policy']).not.toContain('unsafe');
  }
});

test('a credential is in no answer, no event, no file', async () => {
  const token = '00Not-A-Real-Token_0123456789abcdefghijklmn';
  await page.post('/api/connect', { kind: 'token', url: 'http://127.0.0.1:9', token });
  const { connection } = await page.until('connection', (e) => e.connection.state === 'failed');
  const seen = [
    JSON.stringify(connection),
    (await page.get('/api/state')).text,
    (await page.post('/api/connect', { kind: 'token', url: token, token })).text,
    (await page.post('/api/connect', { kind: 'token', url: 'x', token, more: token })).text,
    JSON.stringify(
      (await page.until('connection', (e) => e.connection.state === 'failed')).connection.findings,
    ),
  ];
  expect(seen.filter((text) => text.includes(token))).toEqual([]);
  const files = await readdir(rig.dir, { recursive: true, withFileTypes: true });
  for (const file of files.filter((each) => each.isFile()))
    expect(await readFile(join(file.parentPath, file.name), 'utf8')).not.toContain(token);
  await page.post('/api/disconnect');
});

test('hostile run folders are listed as unreadable or shown as text; none is followed, none ends the console', async () => {
  const reports = join(rig.dir, 'reports');
  await mkdir(join(reports, '<img src=x onerror=alert(1)>'), { recursive: true });
  await writeFile(
    join(reports, '<img src=x onerror=alert(1)>', 'run.json'),
    '{"runId":"../../x"}',
    { mode: 0o600 },
  );
  await mkdir(join(reports, 'deep'), { recursive: true });
  await writeFile(join(reports, 'deep', 'run.json'), '['.repeat(100_000), { mode: 0o600 });
  const { status, json } = await page.get('/api/runs');
  expect(status).toBe(200);
  expect(json.runs).toEqual([]);
  expect(json.unreadable.length).toBeGreaterThanOrEqual(2);
});

test('a second console in the same folder says so, and the first one continues', async () => {
  const second = openRig({ dir: rig.dir });
  await expect(second).rejects.toMatchObject({ code: 'CONSOLE_OPEN', exitCode: 5 });
  expect((await page.get('/api/state')).status).toBe(200);
});
