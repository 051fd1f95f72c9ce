import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { importJWK, SignJWT, type JWK } from 'jose';
import type { Clock } from '../../src/domain/clock.ts';
import { makeServiceAppKey } from '../../src/sandbox/oauth/oauth.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';

/** A clock that moves only when told to; sleepers wake in order. */
export class ManualClock implements Clock {
  #now: number;
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(startMs = Date.parse('2026-03-01T12:00:00.250Z')) {
    this.#now = startMs;
  }

  readonly nowMs = () => this.#now;
  readonly monotonicMs = () => this.#now;
  readonly sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      this.#sleepers.push({ at: this.#now + ms, wake: resolve });
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });

  get sleeping(): number {
    return this.#sleepers.length;
  }

  advance(ms: number): void {
    this.#now += ms;
    const due = this.#sleepers.filter(({ at }) => at <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
    for (const { wake } of due) wake();
  }
}

export interface Got {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what came over the wire; the tests look into it
  readonly json: any;
}

export interface Rig {
  readonly org: Sandbox;
  readonly clock: ManualClock;
  readonly send: (
    method: string,
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: string,
  ) => Promise<Got>;
  readonly get: (path: string) => Promise<Got>;
  readonly post: (path: string) => Promise<Got>;
  readonly search: (expression: string, more?: string) => Promise<Got>;
  readonly close: () => Promise<void>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Starts an org with a manual clock and a client that only sends and reads. */
export async function startRig(
  options: SandboxOptions = {},
  clock = new ManualClock(),
): Promise<Rig> {
  const org = await startSandbox(options, { clock });
  const send: Rig['send'] = (method, path, headers = {}, body = '') =>
    new Promise((resolve, reject) => {
      const request = httpRequest(
        org.url + path,
        {
          method,
          agent: false,
          headers: {
            accept: 'application/json',
            authorization: `SSWS ${org.token}`,
            ...(method === 'GET' ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
            ...headers,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
              json: parse(text),
            }),
          );
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  const get = (path: string) => send('GET', path);
  return {
    org,
    clock,
    send,
    get,
    post: (path) => send('POST', path),
    search: (expression, more = '') =>
      get(`/api/v1/users?search=${encodeURIComponent(expression)}${more}`),
    close: () => org.close(),
  };
}

/** Sends bytes unchanged and returns what came until the connection ended. */
export function sendBytes(org: Sandbox, bytes: string): Promise<string> {
  const { port } = new URL(org.url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

/** The objects of a JSON list. */
export function rows<T = { readonly id: string }>(got: Got): T[] {
  return got.json as T[];
}

export const USERS = '/api/v1/users';

/** Finds a user with a status and provider whom no other test has taken. */
export function taker(org: Sandbox): (status: string, provider: string) => string {
  const free = [...org.users()].filter(({ admin }) => !admin);
  return (status, provider) => {
    const at = free.findIndex((user) => user.status === status && user.provider === provider);
    const [user] = at < 0 ? [] : free.splice(at, 1);
    if (user === undefined) throw new Error(`no ${status} ${provider} left`);
    return user.id;
  };
}

let appKey: ReturnType<typeof makeServiceAppKey> | undefined;

/** An org with a service app that needs no DPoP, and a client that asks for tokens. */
export interface AppRig {
  readonly rig: Rig;
  readonly clientId: string;
  /** Signs an assertion with these claims in addition to the usual ones. */
  readonly assert: (claims?: Readonly<Record<string, unknown>>) => Promise<string>;
  /** Asks for a token; `more` replaces or adds fields of the form. */
  readonly ask: (more?: Readonly<Record<string, string>>) => Promise<Got>;
}

export async function startAppRig(
  options: SandboxOptions = {},
  app: Partial<NonNullable<SandboxOptions['app']>> = {},
): Promise<AppRig> {
  appKey ??= makeServiceAppKey();
  const { publicJwk, privateJwk } = await appKey;
  const rig = await startRig({ ...options, app: { keys: [publicJwk], dpop: false, ...app } });
  const clientId = rig.org.clientId ?? '';
  const assert: AppRig['assert'] = async (claims) =>
    new SignJWT({
      ...{ jti: randomUUID(), iss: clientId, sub: clientId },
      aud: `${rig.org.url}/oauth2/v1/token`,
      exp: Math.floor(rig.clock.nowMs() / 1000) + 300,
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', kid: String(publicJwk['kid']) })
      .sign(await importJWK(privateJwk as JWK, 'RS256'));
  const ask: AppRig['ask'] = async (more) => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'okta.users.manage',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assert(),
      ...more,
    });
    const type = { authorization: '', 'content-type': 'application/x-www-form-urlencoded' };
    return rig.send('POST', '/oauth2/v1/token', type, form.toString());
  };
  return { rig, clientId, assert, ask };
}

/** Starts an org with a service app that needs no DPoP, and gets a token with these scopes for it. */
export async function appToken(
  options: SandboxOptions = {},
  scopes: readonly string[] = ['okta.users.manage', 'okta.groups.read', 'okta.logs.read'],
): Promise<{ readonly rig: Rig; readonly token: string; readonly clientId: string }> {
  const { rig, clientId, ask } = await startAppRig(options);
  const got = await ask({ scope: scopes.join(' ') });
  return { rig, token: String(got.json.access_token), clientId };
}
