/** The files of a run that a seal covers. */
import { namesIn } from '../../disk/own-folder.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';

/** The seal itself, and the lock. */
const NOT_SEALED: ReadonlySet<string> = new Set([
  RUN_FILES.evidence,
  RUN_FILES.signature,
  RUN_FILES.lock,
]);

/** Folders in which our processes make files before they move them to their places. They do not stay. */
const PASSING = /^\.(?:staged-|okta-reset-)/;

/** Returns the sorted names of the files in a run's folder that are sealed with it. Never rejects. */
export async function sealedNames(dir: string): Promise<readonly string[]> {
  return (await namesIn(dir)).filter((name) => !NOT_SEALED.has(name) && !PASSING.test(name));
}

/** Files that only grow: after a seal, they can have more content after the sealed part. */
export const GROWING: ReadonlySet<string> = new Set([
  RUN_FILES.journal,
  RUN_FILES.index,
  RUN_FILES.handedOut,
  RUN_FILES.log,
]);

/** Files that are made after a run has ended and say nothing about what it did. */
export const LATER: ReadonlySet<string> = new Set([
  ...GROWING,
  RUN_FILES.followup,
  RUN_FILES.declined,
]);
