import type { Flag } from './flag.ts';

/** A run, after the command's name. */
export const RUN = (required: boolean, describe = 'a run directory, or its id under reports/') =>
  ({ name: 'RUN', required, describe }) as const;
export const LAST: Flag = {
  name: 'last',
  kind: 'switch',
  group: 'Who',
  describe: 'the run under reports/ that is meant: named, and asked about before anything is sent',
};
export const IN: Flag = {
  name: 'in',
  kind: 'list',
  value: 'DIR',
  group: 'Who',
  describe: 'folder of runs (repeatable; reports)',
};
export const ONLY: Flag = {
  name: 'only',
  kind: 'list',
  value: 'OUTCOME',
  group: 'Who',
  describe: 'failed, not-attempted (default: these two), unknown, skipped, succeeded',
};
export const ERROR: Flag = {
  name: 'error',
  kind: 'list',
  value: 'CODE',
  group: 'Who',
  describe: 'only rows with this Okta code, e.g. E0000006',
};
/** How a result is written; the first is the default. */
export const format = (...choices: readonly string[]): Flag => ({
  name: 'format',
  kind: 'text',
  value: 'NAME',
  group: 'Output',
  describe: choices.map((word, at) => (at === 0 ? `${word} (default)` : word)).join(', '),
  choices,
});

export const DRY_RUN: Flag = {
  name: 'dry-run',
  alias: 'n',
  kind: 'switch',
  group: 'Guards',
  describe: 'preview only, the same as plan: sends nothing',
};
