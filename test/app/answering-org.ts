/** An org on loopback in which everything is fine, except what a test says. */
import { once } from 'node:events';
import type { AppContext } from '../../src/app/context.ts';
import type { OrgConfig } from '../../src/config/org.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { clock, json, startOrg, TOKEN, USER, userJson } from '../okta/scripted-org.ts';
import { around, type Around } from './run-folders.ts';

/** A status, and a body: text as it is, everything else as JSON. */
export type Answered = readonly [status: number, body: unknown, headers?: Record<string, string>];

const LIMIT = { 'x-rate-limit-limit': '600', 'x-rate-limit-remaining': '600' };

const policy = (minutes: number, status = 'ACTIVE') => ({
  status,
  settings: {
    recovery: {
      factors: { okta_email: { properties: { recoveryToken: { tokenLifetimeMinutes: minutes } } } },
    },
  },
});

/** Password policies, by how many minutes their links are valid. */
export const policiesOf = (...minutes: readonly number[]): Answered => [
  200,
  minutes.map((each) => policy(each)),
];

/** By the beginning of the path; the first that fits. */
const FINE: Readonly<Record<string, Answered>> = {
  '/.well-known/okta-organization': [200, { id: '00o1', pipeline: 'idx' }],
  '/api/v1/users/me': [200, userJson(USER)],
  [`/api/v1/users/${USER}/roles`]: [200, [{ type: 'HELP_DESK_ADMIN', label: 'Help Desk' }]],
  '/api/v1/iam/assignees/users': [200, { value: [] }],
  '/api/v1/policies': policiesOf(60),
  '/api/v1/': [200, []],
};

/** No answer ever comes. */
export const SILENT: Answered = [0, ''];

/** What a path is answered with, by its whole URL if that matters. */
export type Answers = Readonly<Record<string, Answered | ((url: string) => Answered)>>;

export interface AnsweringOrg extends Around {
  readonly org: OrgConfig;
  /** The paths that were asked for, without what follows the question mark. */
  readonly asked: () => readonly string[];
  /** What each request sent. */
  readonly seen: Awaited<ReturnType<typeof startOrg>>['seen'];
  /** Resolves when every connection to it is closed. */
  readonly allClosed: () => Promise<void>;
  readonly close: () => void;
}

interface OrgFacts {
  /** How far its clock is ahead of the context's. */
  readonly aheadMs?: number;
  /** It does not say how many calls it allows. */
  readonly unlimited?: boolean;
}

/** Starts it, with a context that talks to it. */
export async function answeringOrg(
  cwd: string,
  answers: Answers = {},
  { aheadMs = 0, unlimited = false, ...more }: Partial<AppContext['host']> & OrgFacts = {},
): Promise<AnsweringOrg> {
  const paths: Answers = { ...answers, ...FINE, ...answers };
  const server = await startOrg(({ url }, response) => {
    const found = Object.keys(paths).find((path) => url.startsWith(path)) ?? '';
    const answer = paths[found] ?? [404, {}];
    const [status, body, headers] = typeof answer === 'function' ? answer(url) : answer;
    const now = clock.nowMs() + aheadMs;
    if (status === 0) return;
    const limits = { ...LIMIT, 'x-rate-limit-reset': String(Math.ceil(now / 1000) + 60) };
    const all = {
      ...{ date: new Date(now).toUTCString(), ...(unlimited ? {} : limits) },
      ...headers,
    };
    if (typeof body !== 'string') {
      json(response, status, body, all);
      return;
    }
    response.writeHead(status, all).end(body);
  });
  const open = new Set<Promise<unknown>>();
  server.server.on('connection', (socket) => open.add(once(socket, 'close')));
  let isClosed = false;
  const here = around(cwd, { clock, env: {}, ...more });
  return {
    ...here,
    org: {
      ...{ origin: server.origin, host: new URL(server.origin).host },
      credentials: { kind: 'ssws', token: new Secret(TOKEN) },
    },
    asked: () => server.seen.map(({ url }) => url.replace(/\?.*/, '')),
    seen: server.seen,
    allClosed: async () => {
      await Promise.all(open);
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      here.context.pacings.close();
      server.close();
    },
  };
}
