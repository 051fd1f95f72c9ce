import type { Disposition } from './error-entry.ts';

/** What a run does after a failure, in words that complete “The run …”. */
export const DISPOSITION_WORDS: Readonly<Record<Disposition, string>> = {
  wait: 'waits and sends it again, as often as necessary',
  'wait-then-fail': 'retries for a while, then ends this row as `failed`',
  'wait-then-abort': 'retries for a few minutes, then stops; resume continues',
  reconcile: 'reads the user to find out whether it took effect, before anything is sent again',
  reissue: 'issues a new secret for the lost one',
  skip: 'ends this row as `failed` and continues',
  fail: 'ends this row as `failed` and continues',
  'fail-or-abort': 'ends this row as `failed`, and stops if all of the first rows fail like this',
  abort: 'stops, because the same would happen to every row',
};
