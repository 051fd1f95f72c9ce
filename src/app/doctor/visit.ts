import { formatDuration } from '../../domain/duration.ts';
import type { AppContext } from '../context.ts';
import type { Finding } from './finding.ts';

/** If a check takes longer than this, it says what it is waiting for. */
const SILENCE_MS = 1000;

/** One doctor run: what was found so far, and who is told about it. */
export interface Visit {
  readonly findings: Finding[];
  /** Stores findings and reports each one at once. */
  readonly add: (...findings: readonly Finding[]) => Promise<void>;
  /** Waits for a check. If it takes longer than a second, reports what it is waiting for. */
  readonly watch: <T>(what: string, check: Promise<T>) => Promise<T>;
}

/** Begins a doctor run. `tell` is called with each finding as soon as it is known. */
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
