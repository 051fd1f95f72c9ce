/** What the console answers, asked without a network: its page and files, what does not exist, bugs, and while it ends. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Server } from 'node:net';
import { NOTHING_GIVEN } from '../../src/config/flags/flag.ts';
import { ORG } from '../../src/config/org.ts';
import { KEY_HEADER } from '../../src/console/api/bounds.ts';
import { consoleApp } from '../../src/console/server/app.ts';
import type { Asset } from '../../src/console/server/assets.ts';
import { listen } from '../../src/console/server/listen.ts';
import { Sessions } from '../../src/console/server/session.ts';
import type { ConsoleContext } from '../../src/console/state/console-context.ts';
import { openState, type ConsoleState } from '../../src/console/state/console-state.ts';
import { Uploads } from '../../src/console/state/draft/uploads.ts';
import { EventLog } from '../../src/console/state/event-log.ts';
import { host } from '../../src/host.ts';
import { skippingClock } from '../skipping-clock.ts';
import { HandClock } from './hand-clock.ts';
import { openRig } from './rig.ts';

const JS: Asset = { type: 'text/javascript; charset=utf-8', bytes: 'void 0;' };
const CSS: Asset = { type: 'text/css; charset=utf-8', bytes: Buffer.from('p {}') };
const BUILT: ReadonlyMap<string, Asset> = new Map([
  ['console.js', JS],
  ['console.css', CSS],
]);
const PORT = 4000;

/** A console that serves nobody, with the functions of a browser that has opened its link. */
async function opened(files = BUILT) {
  const clock = new HandClock();
  const [drain, leave] = [new AbortController(), new AbortController()];
  const events = new EventLog();
  const context = {
    ...{
      host: { ...host, clock, cwd: '/nowhere', homeDir: '/nowhere', env: {} },
      events,
      verbose: false,
    },
    interrupt: { drain: drain.signal, leave: leave.signal, release: () => undefined },
    underWay: <T>(work: Promise<T>) => work,
  } as Partial<ConsoleContext> as ConsoleContext;
  const org = ORG.read(NOTHING_GIVEN);
  const state: ConsoleState = openState(context, new Uploads(events), { org, identities: [] });
  const sessions = new Sessions(clock, () => undefined);
  const faults: unknown[] = [];
  const onFault = (error: unknown) => void faults.push(error);
  const app = consoleApp({ state, sessions, port: () => PORT, files, onFault });
  const entered = await app.request(`/open/${sessions.newLink()}`);
  const headers = {
    cookie: String(entered.headers.get('set-cookie')).split(';', 1)[0] ?? '',
    [KEY_HEADER]: String(entered.headers.get('location')).slice('/#'.length),
  };
  const post = (path: string) =>
    app.request(path, { method: 'POST', headers: { ...headers }, body: '{}' });
  return {
    ...{ app, drain, state, faults, post },
    get: (path: string) => app.request(path, { headers }),
    strange: (path: string) => app.request(path),
  };
}

const typeOf = (answer: Response) => answer.headers.get('content-type');

describe('the page', () => {
  test('loads its files by their names, each with its type, and nothing else', async () => {
    const { get, strange } = await opened();
    for (const [name, { type, bytes }] of BUILT) {
      const answer = await get(`/assets/${name}`);
      expect([answer.status, typeOf(answer), await answer.text()]).toEqual([
        ...[200, type, Buffer.from(bytes).toString()],
      ]);
      expect((await strange(`/assets/${name}`)).status).toBe(401);
    }
    for (const name of ['report.js', '..%2fpackage.json', '__proto__', '']) {
      const answer = await get(`/assets/${name}`);
      expect([name, answer.status, typeOf(answer)]).toEqual([name, 404, 'application/json']);
    }
  });

  test('is the same for each of its addresses, and says so of an address that it does not have', async () => {
    const { get } = await opened();
    const shell = await (await get('/')).text();
    for (const name of BUILT.keys()) expect(shell).toContain(`"/assets/${name}"`);
    for (const path of ['/connect', '/new', '/new/x/who', '/runs', '/runs/x/row/3']) {
      const answer = await get(path);
      expect([path, answer.status, await answer.text()]).toEqual([path, 200, shell]);
    }
    const mistyped = await get('/rusn');
    expect([mistyped.status, await mistyped.text()]).toEqual([404, shell]);
    const missing = await get('/api/nothing');
    expect([missing.status, await missing.json()]).toMatchObject([404, { code: 'NOT_FOUND' }]);
  });

  test('that was not built says how to build it', async () => {
    const { get } = await opened(new Map());
    expect(await (await get('/')).text()).toContain('npm run build');
  });

  test('of a browser without a session says how to open it, and does not say what exists', async () => {
    const { strange } = await opened();
    for (const path of ['/', '/runs/x', '/nothing', '/assets/console.js']) {
      const answer = await strange(path);
      expect([path, answer.status]).toEqual([path, 401]);
      expect(await answer.text()).toContain('Press Enter in the terminal');
    }
    const used = await strange('/open/used');
    expect([used.status, (await used.text()).includes('Press Enter')]).toEqual([403, true]);
    const api = await strange('/api/state');
    expect([api.status, await api.json()]).toMatchObject([401, { code: 'NO_SESSION' }]);
  });

  test('opened from elsewhere comes by a page of ours, which has the cookie set before', async () => {
    const { state } = await opened();
    const sessions = new Sessions(new HandClock(), () => undefined);
    const onFault = () => undefined;
    const app = consoleApp({ state, sessions, port: () => PORT, files: BUILT, onFault });
    const from = (site?: string) =>
      app.request(`/open/${sessions.newLink()}`, {
        headers: site === undefined ? {} : { 'sec-fetch-site': site },
      });
    for (const site of [undefined, 'none', 'same-origin']) {
      const answer = await from(site);
      expect([site, answer.status, answer.headers.get('location')]).toEqual([
        ...[site, 303, expect.stringMatching(/^\/#[\w-]{43}$/)],
      ]);
    }
    for (const site of ['cross-site', 'same-site']) {
      const answer = await from(site);
      expect([site, answer.status, answer.headers.get('location')]).toEqual([site, 200, null]);
      expect(await answer.text()).toMatch(/http-equiv="refresh" content="0;url=\/#[\w-]{43}"/);
    }
    expect((await from()).headers.get('set-cookie')).toMatch(
      /^okta-reset-console-4000=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
    );
  });
});

test('a console that ends takes no new orders, and still answers questions', async () => {
  const { get, post, drain } = await opened();
  expect((await post('/api/drafts')).status).toBe(200);
  drain.abort();
  for (const path of ['/api/drafts', '/api/runs/x/stop', '/api/disconnect']) {
    const answer = await post(path);
    expect([path, answer.status, await answer.json()]).toEqual([
      ...[path, 503],
      { code: 'CLOSING', message: expect.any(String), hint: expect.stringContaining('console') },
    ]);
  }
  expect((await get('/api/state')).status).toBe(200);
});

test('a bug is passed on, and the page is told nothing of it; a refusal is not passed on', async () => {
  const { get, state, faults } = await opened();
  expect((await get('/api/runs/x/rows')).status).toBe(404);
  expect(faults).toEqual([]);
  const bug = new TypeError('secret');
  jest.spyOn(state.drafts, 'ids').mockImplementation(() => {
    throw bug;
  });
  const answer = await get('/api/state');
  expect([answer.status, (await answer.text()).includes('secret')]).toEqual([500, false]);
  expect(faults).toEqual([bug]);
});

test.each([true, false])(
  'a bug is in the terminal with -v, and only there: %s',
  async (verbose) => {
    const clock = skippingClock();
    let bug: Error | undefined;
    const nowMs = () => {
      if (bug !== undefined) throw bug;
      return clock.nowMs();
    };
    const rig = await openRig({ clock: { ...clock, nowMs }, input: { verbose } });
    const page = await rig.page();
    bug = new TypeError('a bug of ours');
    const answer = await page.get('/api/state');
    bug = undefined;
    await rig.close();
    expect([answer.status, answer.json.code]).toEqual([500, 'INTERNAL']);
    expect(answer.text).not.toContain('of ours');
    expect(rig.told.flatMap((one) => (one.kind === 'warning' ? [one.text] : []))).toEqual(
      verbose ? [expect.stringMatching(/^TypeError: a bug of ours\n +at .*app\.test/)] : [],
    );
  },
);

describe('a server of the console', () => {
  const listened = () => jest.spyOn(Server.prototype, 'listen');
  let spy: ReturnType<typeof listened>;
  beforeEach(() => {
    spy = listened();
  });
  afterEach(() => {
    spy.mockRestore();
  });

  test('drops a request that does not come to its end, and has room for a person and not for an attack', async () => {
    const { close } = await listen(() => new Response(''), undefined);
    await close();
    const servers = spy.mock.contexts as readonly {
      requestTimeout: number;
      maxConnections: number;
    }[];
    expect(servers.length).toBeGreaterThan(0);
    for (const { requestTimeout, maxConnections } of servers) {
      expect([requestTimeout > 0, requestTimeout <= 60_000]).toEqual([true, true]);
      expect([maxConnections >= 64, maxConnections <= 1024]).toEqual([true, true]);
    }
  });
});
