import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Credentials } from './oauth/credentials.ts';
import { effectsOf, sandboxStats } from './org/effects.ts';
import type { Org } from './org/org.ts';
import { rockstarCsv } from './rockstar.ts';
import { signIn } from './org/log/sign-in.ts';
import type { SandboxPage } from './wire/server.ts';

const ROWS_PER_CHUNK = 500;

function* jsonArray(rows: Iterable<object>): Generator<string> {
  let chunk = '[';
  let count = 0;
  for (const row of rows) {
    chunk += (count === 0 ? '\n' : ',\n') + JSON.stringify(row);
    count += 1;
    if (count % ROWS_PER_CHUNK !== 0) continue;
    yield chunk;
    chunk = '';
  }
  yield `${chunk}\n]\n`;
}

function* touched(org: Org): Generator<object> {
  for (let index = 0; index < org.table.size; index += 1) {
    const effects = effectsOf(org, index);
    if (Object.values(effects).some((value) => value > 0))
      yield { id: org.userIds.idOf(index), ...effects };
  }
}

function* only<T extends { readonly userId: string }>(
  rows: Iterable<T>,
  userId: string | null,
): Generator<T> {
  for (const row of rows) if (userId === null || row.userId === userId) yield row;
}

function stream(response: ServerResponse, type: string, chunks: Iterable<string>): void {
  response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` });
  pipeline(Readable.from(chunks), response).catch(() => undefined);
}

function json(response: ServerResponse, value: object, status = 200): void {
  const body = `${JSON.stringify(value)}\n`;
  response
    .writeHead(status, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
    })
    .end(body);
}

/**
 * What an observer of the org can see and do, without credentials and without being counted: `GET /sandbox/stats`,
 * `/sandbox/effects[?user=ID]`, `/sandbox/effects/users`, `/sandbox/outbox[?user=ID]`,
 * `/sandbox/users.csv[?deprovisioned=false]`; `POST /sandbox/users/{id}/finish` (the user sets a new password), `POST
 * /sandbox/users/{id}/sign-in` (one more session and token), `…/enrol` (one more factor), `…/import` (a directory import
 * ends a suspension), `POST /sandbox/tokens` (a new SSWS token), `DELETE /sandbox/tokens/{token}`, `POST
 * /sandbox/sign-ins?type=…&user=ID|users=N&address=…&city=…&country=…&as=…` (events of the System Log).
 */
export function controlPage(org: Org, credentials: Credentials): SandboxPage {
  return (request, response) => {
    const target = request.url ?? '/';
    if (!target.startsWith('/sandbox/')) return false;
    const url = new URL(target, 'http://sandbox');
    const parts = url.pathname.split('/').slice(2);
    const user = url.searchParams.get('user');
    const index = org.userIds.indexOf(parts[0] === 'users' ? (parts[1] ?? '') : (user ?? ''));
    const what = `${request.method ?? 'GET'} ${parts[0] ?? ''}`;
    if (what === 'GET stats') json(response, sandboxStats(org));
    else if (what === 'GET users.csv')
      stream(
        response,
        'text/csv',
        rockstarCsv(org, { deprovisioned: url.searchParams.get('deprovisioned') !== 'false' }),
      );
    else if (what === 'GET outbox')
      stream(response, 'application/json', jsonArray(only(org.outbox.mails(), user)));
    else if (what === 'GET effects' && parts[1] === 'users')
      stream(response, 'application/json', jsonArray(touched(org)));
    else if (what === 'GET effects' && user === null) json(response, sandboxStats(org).effects);
    else if (what === 'GET effects' && index !== undefined)
      json(response, { id: user, ...effectsOf(org, index) });
    else if (what === 'POST users' && index !== undefined && parts[2] === 'finish')
      json(response, { finished: org.finish(index), status: org.table.statusOf(index) });
    else if (what === 'POST users' && index !== undefined && parts[2] === 'sign-in')
      json(response, { signedIn: org.signIn(index), sessions: org.table.sessions[index] });
    else if (what === 'POST users' && index !== undefined && parts[2] === 'enrol')
      json(response, { enrolled: org.enrol(index), factors: org.table.factors[index] });
    else if (what === 'POST users' && index !== undefined && parts[2] === 'import')
      json(response, { lifted: org.importUser(index), status: org.table.statusOf(index) });
    else if (what === 'POST sign-ins') {
      const written = signIn(org, url.searchParams, index);
      json(response, { written: written ?? 0 }, written === undefined ? 400 : 201);
    } else if (what === 'POST tokens') json(response, { token: credentials.issue() }, 201);
    else if (what === 'DELETE tokens')
      json(response, { revoked: credentials.revoke(parts[1] ?? '') });
    else json(response, { error: 'unknown sandbox path' }, 404);
    return true;
  };
}
