import type { StopReason } from '../run/stop.ts';

/** The exit codes of the process. */
export const EXIT = {
  ok: 0,
  internal: 1,
  usage: 2,
  input: 3,
  partial: 4,
  refused: 5,
  auth: 6,
  incomplete: 7,
  sigint: 130,
  sigterm: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Returns the exit code of a run. Precedence: 6, 5, 130 or 143, 7, 4. */
export function exitCodeOfRun(end: {
  readonly stop: StopReason | undefined;
  readonly failedOrUnknown: number;
  readonly notAttempted: number;
}): ExitCode {
  const { stop } = end;
  if (stop !== undefined) {
    switch (stop.kind) {
      case 'credentials':
      case 'permission':
        return EXIT.auth;
      case 'failure-share':
      case 'all-not-found':
      case 'canary':
      case 'our-bug':
      case 'plan-expired':
        return EXIT.refused;
      case 'signal':
        return stop.signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
      case 'console':
      case 'max-duration':
      case 'declined':
      case 'org-unavailable':
      case 'disk':
        return EXIT.incomplete;
      default: {
        const never: never = stop;
        return never;
      }
    }
  }
  if (end.notAttempted > 0) return EXIT.incomplete;
  return end.failedOrUnknown > 0 ? EXIT.partial : EXIT.ok;
}
