import { getRequestListener } from '@hono/node-server';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { usage } from '../../domain/codes/app-error.ts';
import { hostsOf, refuseForeign, SECURITY_HEADERS } from './gate.ts';
import { errorAnswer, type Refusal } from '../refusal.ts';

/** A console that listens. */
export interface Listening {
  readonly port: number;
  /** Stops listening and drops every connection. */
  readonly close: () => Promise<void>;
}

/** More than the tabs, streams and downloads of one person, and fewer than the sockets that a machine can spare. */
const MOST_CONNECTIONS = 256;
/** A request must be complete within this time. The page sends its own at once. */
const REQUEST_MS = 60_000;

function answerAtGate(response: ServerResponse, refusal: Refusal): void {
  const { status, body } = errorAnswer(refusal);
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'Content-Type': 'application/json',
    Connection: 'close',
  });
  response.end(JSON.stringify(body));
}

async function bind(server: Server, address: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : port;
}

/**
 * Listens only on loopback: on 127.0.0.1, and with the same port on ::1 if this machine has it and the port is free there.
 * Each request passes the gate first. Rejects with USAGE if the port is taken.
 */
export async function listen(
  fetchOf: (request: Request) => Response | Promise<Response>,
  wanted: number | undefined,
): Promise<Listening> {
  let hosts: ReadonlySet<string> = new Set();
  const take = getRequestListener(fetchOf, { overrideGlobalObjects: false });
  const receive = (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url: target = '', headers } = request;
    const refusal = refuseForeign({ method, target, headers }, hosts);
    if (refusal === undefined) void take(request, response);
    else answerAtGate(response, refusal);
  };
  const make = () => {
    const server = createServer({ requestTimeout: REQUEST_MS }, receive);
    server.maxConnections = MOST_CONNECTIONS;
    // Nothing here is ever upgraded, and no request uses CONNECT.
    server.on('upgrade', (_, socket) => socket.destroy());
    server.on('connect', (_, socket) => socket.destroy());
    return server;
  };
  const first = make();
  const port = await bind(first, '127.0.0.1', wanted ?? 0).catch((error: unknown) => {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw usage(
      `The console cannot listen on port ${wanted ?? 0} of 127.0.0.1 (${why}).`,
      'Choose another port with --port N, or leave --port out for a free one.',
    );
  });
  hosts = hostsOf(port);
  const second = make();
  const both = await bind(second, '::1', port).then(
    () => [first, second],
    () => [first],
  );
  return {
    port,
    close: async () => {
      await Promise.all(
        both.map(
          (server) =>
            new Promise<void>((resolve) => {
              server.close(() => resolve());
              server.closeAllConnections();
            }),
        ),
      );
    },
  };
}
