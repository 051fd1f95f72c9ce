import type { OrgReader } from '../../domain/org/org.ts';
import type { ChainRun } from '../rerun/run-chain.ts';
import { scanBounces, scanEnrolments, scanProofs } from './followup-log.ts';
import { scanLinkUses, type LinkUse } from './link-uses.ts';
import type { LogReading } from './scan-log.ts';

/** What the System Log says about the users of a chain of runs. Times are by Okta's clock. */
export interface LogFacts {
  readonly proofs: LogReading;
  readonly bounces: LogReading;
  readonly linkUses: LogReading;
  /** Whether the log proves that a run reset a user; undefined if it was not read completely. */
  readonly isProven: (runId: string, userId: string) => boolean | undefined;
  /** When the last email to the user bounced. */
  readonly bouncedMs: (userId: string) => number | undefined;
  /** When the user last enrolled a factor. Known only if a run of the chain has reset factors. */
  readonly enrolledMs: (userId: string) => number | undefined;
  /** The first use of the user's link at or after a reset. */
  readonly linkUse: (userId: string, resetMs: number) => LinkUse | undefined;
}

/** Added to the end of a span, so that it includes the current second. */
const GRAIN_MS = 1000;

function worst(readings: readonly LogReading[]): LogReading {
  if (readings.includes('unreadable')) return 'unreadable';
  return readings.includes('partly') ? 'partly' : 'whole';
}

/**
 * Reads what the System Log says about the resets, emails and links of a chain, in bounded scans. Rejects with
 * `signal.reason` after an abort.
 */
export async function readLogFacts(
  reader: OrgReader,
  chain: readonly ChainRun[],
  at: {
    readonly nowMs: number;
    /** How far Okta's clock is ahead of ours. */
    readonly offsetMs: number;
    /** The user whose own calls do not count as uses of a link. */
    readonly principalId: string | undefined;
  },
  signal: AbortSignal,
): Promise<LogFacts> {
  const { nowMs, offsetMs, principalId } = at;
  const proofs = new Map<string, Awaited<ReturnType<typeof scanProofs>>>();
  for (const run of chain)
    proofs.set(run.run.runId, await scanProofs(reader, run, offsetMs, signal));
  const sinceMs = Math.min(...chain.map((run) => run.firstMs)) + offsetMs;
  const untilMs = nowMs + GRAIN_MS;
  const bounces = await scanBounces(reader, sinceMs, untilMs, signal);
  const uses = await scanLinkUses(reader, { sinceMs, untilMs, principalId }, signal);
  const isAboutFactors = chain.some(({ run }) => run.spec.action === 'reset-factors');
  const enrolments = isAboutFactors
    ? await scanEnrolments(reader, { sinceMs, untilMs }, signal)
    : new Map<string, number>();
  return {
    enrolledMs: (userId) => enrolments.get(userId),
    proofs: worst([...proofs.values()].map(({ reading }) => reading)),
    bounces: bounces.reading,
    linkUses: uses.reading,
    isProven: (runId, userId) => {
      const proof = proofs.get(runId);
      if (proof?.users.has(userId) === true) return true;
      return proof?.reading === 'whole' ? false : undefined;
    },
    bouncedMs: (userId) => bounces.bouncedMs.get(userId),
    linkUse: uses.after,
  };
}
