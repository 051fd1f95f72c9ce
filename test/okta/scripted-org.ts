import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connectOrg } from '../../src/okta/connect.ts';
import type { OrgConnection, OrgOptions, OrgPorts } from '../../src/okta/connect.ts';
import type { StepCall } from '../../src/domain/org/org.ts';
import type { UserId } from '../../src/domain/org/user-id.ts';
import { createServerClock } from '../../src/okta/http/server-clock.ts';
import type { CallLogEntry } from '../../src/okta/layers/logged.ts';
import type { Pacing, RateObservation } from '../../src/domain/org/pacing.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { skippingClock } from '../skipping-clock.ts';

export const TOKEN = '00planted-Token_0123456789';
export const USER = '00u1111111111111111a' as UserId;

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Script = (request: SeenRequest, response: ServerResponse, nth: number) => void;

/** A real HTTP server that answers by a script and remembers what it was asked. */
export async function startOrg(script: Script) {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
      seen.push(one);
      script(one, response, seen.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    server,
    seen,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string | string[]> = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-okta-request-id': 'req-1',
    ...headers,
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

export function oktaError(
  response: ServerResponse,
  status: number,
  code: string,
  headers = {},
): void {
  const body = { errorCode: code, errorSummary: `Summary of ${code}`, errorCauses: [] };
  json(response, status, body, headers);
}

/** Waits and timeouts take milliseconds. For an org in this process. */
export const clock = skippingClock({ leastSkipMs: 0 });

export interface Ended {
  readonly bucket: string;
  readonly observation: RateObservation | undefined;
  readonly sent: boolean | undefined;
}

/** A gate that is always open and remembers who came through. */
export function openGate() {
  const entered: string[] = [];
  const ended: Ended[] = [];
  const pacing: Pacing = {
    enter: (bucket, signal) => {
      signal.throwIfAborted();
      entered.push(bucket);
      return Promise.resolve({
        end: (observation, sent) => {
          ended.push({ bucket, observation, sent });
        },
      });
    },
    isOpen: () => false,
    limits: () => [],
    traffic: () => [],
  };
  return { pacing, entered, ended };
}

export function connect(
  origin: string,
  options: Partial<OrgOptions> = {},
  ports: Partial<OrgPorts> = {},
): OrgConnection & { gate: ReturnType<typeof openGate>; log: CallLogEntry[] } {
  const gate = openGate();
  const log: CallLogEntry[] = [];
  const connection = connectOrg(
    {
      origin,
      credentials: { kind: 'ssws', token: new Secret(TOKEN) },
      timeoutMs: 5000,
      maxRetries: 2,
      connections: 4,
      userAgent: 'okta-reset/0.0.0 (run=test)',
      env: {},
      ...options,
    },
    {
      clock,
      random: () => 0.5,
      pacing: gate.pacing,
      serverClock: createServerClock(ports.clock ?? clock),
      log: (entry) => log.push(entry),
      ...ports,
    },
  );
  return { ...connection, gate, log };
}

export function stepCall(call: Partial<StepCall> = {}): StepCall {
  return {
    step: 'reset-password',
    userId: USER,
    sendEmail: true,
    revokeSessions: false,
    beforeSend: () => Promise.resolve(),
    ...call,
  };
}

export const never = new AbortController().signal;

export function userJson(id: string, more: Record<string, unknown> = {}) {
  return {
    id,
    status: 'ACTIVE',
    statusChanged: '2026-01-02T03:04:05.000Z',
    passwordChanged: null,
    profile: { login: `${id}@example.com`, email: `${id}@example.com`, secondEmail: null },
    credentials: { password: {}, provider: { type: 'OKTA', name: 'OKTA' } },
    _links: { self: { href: 'x' } },
    ...more,
  };
}
