import type { Disposition } from './error-entry.ts';

/** What a run does about a failure, for people: “The run …”. */
export const DISPOSITION_WORDS: Readonly<Record<Disposition, string>> = {
  wait: 'waits and sends again, as often as it takes',
  'wait-then-fail': 'tries again for a while, then ends this row as `failed`',
  'wait-then-abort': 'tries again for minutes, then stops, resumable',
  reconcile: 'reads the user to learn whether it took effect; never sends again blindly',
  reissue: 'issues the lost secret again',
  skip: 'ends this row as `failed` and goes on',
  fail: 'ends this row as `failed` and goes on',
  'fail-or-abort': 'ends this row as `failed`; stops if the first rows all say so',
  abort: 'stops: the same would happen to every row',
};
