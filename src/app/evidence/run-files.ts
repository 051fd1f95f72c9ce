/** The files of a run that a seal is about. */
import { namesIn } from '../../disk/own-folder.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';

/** The seal itself, and who is at work. */
const NOT_SEALED: ReadonlySet<string> = new Set([
  RUN_FILES.evidence,
  RUN_FILES.signature,
  RUN_FILES.lock,
]);

/** Folders in which a process of ours makes files before they take their places: they come and go. */
const PASSING = /^\.(?:staged-|okta-reset-)/;

/** The names of what lies in a run's folder and is sealed with it, sorted. Never rejects. */
export async function sealedNames(dir: string): Promise<readonly string[]> {
  return (await namesIn(dir)).filter((name) => !NOT_SEALED.has(name) && !PASSING.test(name));
}

/** Files that only grow: after a seal there may be more in them, behind what was sealed. */
export const GROWING: ReadonlySet<string> = new Set([
  RUN_FILES.journal,
  RUN_FILES.index,
  RUN_FILES.handedOut,
  RUN_FILES.log,
]);

/** Files that the tool makes after a run has ended, and that say nothing of what the run did. */
export const LATER: ReadonlySet<string> = new Set([
  ...GROWING,
  RUN_FILES.followup,
  RUN_FILES.declined,
]);
