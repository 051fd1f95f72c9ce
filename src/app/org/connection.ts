import type { OrgConfig } from '../../config/org.ts';
import type { PaceConfig } from '../../config/pace.ts';
import type { OrgReader, OrgWriter } from '../../domain/org/org.ts';
import type { BucketTraffic } from '../../domain/run/summary.ts';
import { connectOrg, connectReader } from '../../okta/connect.ts';
import type { AppContext } from '../context.ts';
import { NO_LOG, type RunLog } from '../run/run-log.ts';
import { VERSION } from '../version.ts';

export interface Reading {
  readonly reader: OrgReader;
  /** The scopes of a service app's token; undefined for an API token, and before the first call. */
  readonly grantedScopes: () => readonly string[] | undefined;
  readonly traffic: () => readonly BucketTraffic[];
  readonly close: () => Promise<void>;
}

export interface Writing extends Reading {
  readonly writer: OrgWriter;
}

interface ConnectionSpec {
  readonly org: OrgConfig;
  readonly pace: PaceConfig;
  /** Names the run in the User-Agent, which can be searched for in Okta's System Log. */
  readonly runId: string | undefined;
  readonly log?: RunLog;
}

function parts(spec: ConnectionSpec, context: AppContext) {
  const { clock, random, env } = context.host;
  const { origin, credentials } = spec.org;
  const { timeoutMs, maxRetries, concurrency: connections } = spec.pace;
  const log = spec.log ?? NO_LOG;
  const { pacing, serverClock, traffic } = context.pacings.turn(spec.org, spec.pace, (pause) => {
    log.info({ ...pause }, 'pause');
    context.emit({ type: 'pause', ...pause });
  });
  const userAgent = `okta-reset/${VERSION}${spec.runId === undefined ? '' : ` (run=${spec.runId})`}`;
  const options = { origin, credentials, timeoutMs, maxRetries, connections, userAgent, env };
  const ports = { clock, random, pacing, serverClock };
  const logged = context.verbose
    ? { log: (entry: object) => log.debug({ ...entry }, 'call') }
    : undefined;
  return { traffic, options, ports: { ...ports, ...logged } };
}

/** Connects for reading. The result cannot write, and is all that a dry run gets. */
export function openReading(spec: ConnectionSpec, context: AppContext): Reading {
  const { traffic, options, ports } = parts(spec, context);
  return { ...connectReader(options, ports), traffic };
}

/** Connects for a run. */
export function openWriting(spec: ConnectionSpec, context: AppContext): Writing {
  const { traffic, options, ports } = parts(spec, context);
  return { ...connectOrg(options, ports), traffic };
}
