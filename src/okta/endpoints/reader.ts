import type { OrgReader } from '../../domain/org/org.ts';
import type { Pacing } from '../../domain/org/pacing.ts';
import type { ServerClock } from '../../domain/clock.ts';
import type { ReadTransport } from '../http/transport.ts';
import { groupReads } from './group-reads.ts';
import { createListings } from './listing.ts';
import { orgReads } from './org-reads.ts';
import { createReadPage } from './pages.ts';
import { userReads } from './user-reads.ts';

export interface ReaderPorts {
  readonly origin: string;
  readonly transport: ReadTransport;
  readonly pacing: Pick<Pacing, 'limits'>;
  readonly serverClock: ServerClock;
}

/** Makes the typed reads of an org. */
export function createReader({ origin, transport, pacing, serverClock }: ReaderPorts): OrgReader {
  const ports = { transport, page: createReadPage(transport, createListings(origin)) };
  return {
    origin,
    host: new URL(origin).host,
    ...orgReads(ports),
    ...userReads(ports),
    ...groupReads(ports),
    limits: () => pacing.limits(),
    serverNowMs: () => serverClock.nowMs(),
  };
}
