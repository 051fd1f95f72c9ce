import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** A connection to the org that can be cut, like a laptop's network. */
export interface Relay {
  /** What the client takes for the org. */
  readonly url: string;
  /** Drops every connection with whatever is in progress on it. Returns how many there were. New ones are accepted. */
  readonly cut: () => number;
  readonly close: () => Promise<void>;
}

/** Starts a relay on loopback that passes bytes on to the org and back. */
export async function startRelay(orgUrl: string): Promise<Relay> {
  const port = Number(new URL(orgUrl).port);
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((client) => {
    const org = connect(port, '127.0.0.1');
    const pair = [client, org] as const;
    pairs.add(pair);
    for (const [one, other] of [pair, [org, client] as const]) {
      one.pipe(other);
      // A reset on either side ends both; `close` follows.
      one.on('error', () => undefined);
      one.on('close', () => {
        pairs.delete(pair);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    const { size } = pairs;
    for (const [client, org] of pairs) {
      client.resetAndDestroy();
      org.destroy();
    }
    return size;
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      cut();
      await closed;
    },
  };
}
