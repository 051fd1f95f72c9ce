import { Hono, type Context } from 'hono';
import { KEY_HEADER } from '../api/bounds.ts';
import type { ConsoleState } from '../state/console-state.ts';
import { serveAbout } from './api/about.ts';
import { serveActing } from './api/acting.ts';
import { serveDrafts } from './api/drafts.ts';
import { serveRows } from './api/rows.ts';
import { serveRuns } from './api/runs.ts';
import { serveSeal } from './api/seal.ts';
import { CLOSED_PAGE, PAGES, shellOf, type Asset } from './assets.ts';
import { EventStreams } from './event-stream.ts';
import { SECURITY_HEADERS } from './gate.ts';
import { errorAnswer, notFound, Refusal } from '../refusal.ts';
import type { Sessions } from './session.ts';

export interface Site {
  readonly state: ConsoleState;
  readonly sessions: Sessions;
  readonly port: () => number;
  readonly files: ReadonlyMap<string, Asset>;
  /** Called with bugs, which the page is not told about. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Cookies do not depend on ports, so each console has a separate cookie name. Otherwise two consoles would end each other's
 * sessions.
 */
const cookieName = (port: number) => `okta-reset-console-${port}`;

function cookieOf(request: Request, port: number): string | undefined {
  const prefix = `${cookieName(port)}=`;
  const cookies = (request.headers.get('cookie') ?? '').split(';').map((text) => text.trim());
  return cookies.find((text) => text.startsWith(prefix))?.slice(prefix.length);
}

/**
 * Exchanges a link for a session and redirects to the page. The address then has the key after `#`, which no server
 * receives. A browser that comes from elsewhere, for example from the file that opens it, would not send a strict cookie
 * after a redirect, so there is an intermediate page of ours.
 */
function openSession(c: Context, { sessions, port }: Site) {
  const session = sessions.open(c.req.param('link') ?? '', cookieOf(c.req.raw, port()));
  if (session === undefined) return c.html(CLOSED_PAGE, 403);
  c.header('Set-Cookie', `${cookieName(port())}=${session.id}; HttpOnly; SameSite=Strict; Path=/`);
  const address = `/#${session.key}`;
  const site = c.req.header('sec-fetch-site');
  if (site === undefined || site === 'none' || site === 'same-origin')
    return c.redirect(address, 303);
  return c.html(
    `<!doctype html><meta charset="utf-8"><title>okta-reset console</title><meta http-equiv="refresh" content="0;url=${address}">`,
  );
}

const asset = (c: Context, { type, bytes }: Asset, status: 200 | 404 = 200) =>
  c.body(typeof bytes === 'string' ? bytes : new Uint8Array(bytes), status, {
    'Content-Type': type,
  });

/** Everything that the console answers, after the gate has accepted a request. */
export function consoleApp(site: Site): Hono {
  const { state, sessions, port, onFault } = site;
  const { events, host, interrupt } = state.console;
  const streams = new EventStreams(events, host.clock);
  const shell = shellOf(site.files);
  const app = new Hono();
  app.onError((error, c) => {
    const { status, body } = errorAnswer(error);
    if (body.code === 'INTERNAL') onFault(error);
    return c.json(body, status as 400);
  });
  app.notFound((c) => {
    // If an address was mistyped in the browser, the page says so and links to what exists.
    if (!/^\/(?:api|assets)\//.test(c.req.path)) return asset(c, shell, 404);
    const { status, body } = errorAnswer(notFound('page'));
    return c.json(body, status as 404);
  });
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value);
  });
  app.get('/open/:link', (c) => openSession(c, site));
  app.use('/api/*', async (c, next) => {
    if (sessions.ofKey(cookieOf(c.req.raw, port()), c.req.header(KEY_HEADER)) === undefined)
      throw new Refusal(
        'NO_SESSION',
        'This page has no session any more.',
        'Open the console’s link again: press Enter in the terminal for a new one.',
      );
    if (c.req.method === 'POST' && interrupt.drain.aborted)
      throw new Refusal('CLOSING', 'The console is ending.', 'Start it again: okta-reset console.');
    await next();
  });
  const api = new Hono();
  serveAbout(api, state, streams);
  serveDrafts(api, state);
  serveRuns(api, state);
  serveSeal(api, state);
  serveRows(api, state);
  serveActing(api, state);
  app.route('/api', api);
  // The shell and its files contain nothing secret, but are still only for people who have opened a link.
  app.use('*', async (c, next) =>
    sessions.of(cookieOf(c.req.raw, port())) === undefined && !c.req.path.startsWith('/api/')
      ? c.html(CLOSED_PAGE, 401)
      : next(),
  );
  for (const path of PAGES) app.get(path, (c) => asset(c, shell));
  app.get('/assets/:name', (c) => {
    const found = site.files.get(c.req.param('name'));
    return found === undefined ? c.notFound() : asset(c, found);
  });
  return app;
}
