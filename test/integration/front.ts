import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** What the front answers instead of the org. */
export interface OwnAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server before the org that answers some calls itself and passes the others on. */
export interface Front {
  readonly url: string;
  readonly host: string;
  readonly close: () => void;
}

const HOP = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'content-encoding',
  'host',
]);

/** Starts a front on loopback. `own` answers instead of the org; undefined passes the call on, silence leaves it open. */
export async function startFront(
  orgUrl: string,
  own: (path: string, method: string) => OwnAnswer | 'silence' | undefined,
): Promise<Front> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url = '', method = '' } = request;
    const mine = own(url, method);
    if (mine === 'silence') return;
    if (mine !== undefined) {
      const text = typeof mine.body === 'string' ? mine.body : JSON.stringify(mine.body);
      response.writeHead(mine.status, { 'content-type': 'application/json', ...mine.headers });
      response.end(text);
      return;
    }
    const kept = Object.entries(request.headers).filter(([name]) => !HOP.has(name));
    const passed = await fetch(orgUrl + url, {
      method,
      headers: Object.fromEntries(kept) as Record<string, string>,
      redirect: 'manual',
    });
    const headers = [...passed.headers].filter(([name]) => !HOP.has(name));
    response.writeHead(passed.status, Object.fromEntries(headers));
    response.end(Buffer.from(await passed.arrayBuffer()));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
