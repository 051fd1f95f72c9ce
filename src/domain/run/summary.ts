import type { OutcomeCounts } from '../row/outcome.ts';
import { count } from '../counted.ts';
import type { Principal } from './run-file.ts';
import type { StopReason } from './stop.ts';

/** Calls of one bucket during a run. */
export interface BucketTraffic {
  readonly bucket: string;
  readonly calls: number;
  /** 429 answers. */
  readonly throttled: number;
  readonly waitedMs: number;
}

/** summary.json: the run in numbers. */
export interface Summary {
  readonly format: 1;
  readonly runId: string;
  readonly rows: number;
  readonly counts: OutcomeCounts;
  readonly byReason: Readonly<Record<string, number>>;
  /** Failed and unknown rows by Okta's code, or by our transport code if Okta did not answer. */
  readonly byError: Readonly<Record<string, number>>;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  readonly traffic: readonly BucketTraffic[];
  readonly stop: StopReason | undefined;
  /** How many times a process opened the run; 1 for a run without interruption. */
  readonly invocations: number;
  /** The name that `invocations` had in 0.1.0, which scripts read. */
  readonly sittings: number;
  readonly chain: 'intact' | 'torn-tail' | 'broken';
  /** Whose credential the plan was made with. */
  readonly plannedBy: Principal;
  /** Whose credentials executed the run, each once, the first one first; empty for a plan, and for invocations of 0.1.0. */
  readonly executedBy: readonly Principal[];
  readonly estimateMs: number | undefined;
  readonly reissued: number;
}

/** Says that the time from the first start to the last end includes the breaks between invocations, if there were any. */
export function breaksText(invocations: number): string {
  return invocations > 1 ? ` in ${count(invocations)} invocations, breaks included` : '';
}

/** Says whether the journal can be trusted. */
export function chainText(chain: Summary['chain']): string {
  switch (chain) {
    case 'intact':
      return 'Intact: every record links to the one before it.';
    case 'torn-tail':
      return 'Intact up to an incomplete last line: the process was stopped while it wrote. Nothing that was sent is missing.';
    case 'broken':
      return 'BROKEN: the journal was damaged or edited. Do not rely on the rows below until you know why.';
    default: {
      const never: never = chain;
      return never;
    }
  }
}
