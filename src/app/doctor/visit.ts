import { formatDuration } from '../../domain/duration.ts';
import type { AppContext } from '../context.ts';
import type { Finding } from './finding.ts';

/** After this time, a check that is not done says what it waits for. */
const SILENCE_MS = 1000;

/** One doctor run: what was found so far, and who is told. */
export interface Visit {
  readonly findings: Finding[];
  /** Stores findings and reports each one at once. */
  readonly add: (...findings: readonly Finding[]) => Promise<void>;
  /** Waits for a check; one that takes longer than a second says what it waits for. */
  readonly watch: <T>(what: string, check: Promise<T>) => Promise<T>;
}

/** Begins a doctor run. `tell` gets each finding as soon as it is known. */
export function beginVisit(
  context: AppContext,
  timeoutMs: number,
  tell: (finding: Finding) => Promise<void>,
): Visit {
  const findings: Finding[] = [];
  return {
    findings,
    add: async (...found) => {
      for (const finding of found) {
        findings.push(finding);
        await tell(finding);
      }
    },
    watch: async (what, check) => {
      const done = new AbortController();
      const text = `${what}: waiting for an answer, for up to ${formatDuration(timeoutMs)} …`;
      const late = context.host.clock.sleep(SILENCE_MS, done.signal).then(
        () => context.emit({ type: 'message', level: 'info', text }),
        () => undefined,
      );
      try {
        return await check;
      } finally {
        done.abort();
        await late;
      }
    },
  };
}
