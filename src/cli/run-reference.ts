import type { RunReference } from '../app/run-location.ts';
import { usage } from '../config/option.ts';
import { on, type Parsed } from './typed-flags.ts';

/** Which run is meant: the word after the command, or `--last`. Rejects with USAGE where neither, or both, are given. */
export function runReference(
  command: string,
  parsed: Parsed,
  positional: readonly string[],
): RunReference {
  const name = positional[0];
  const last = on(parsed, 'last');
  if (name === undefined && last) return { kind: 'last' };
  if (name !== undefined && !last) return { kind: 'named', name };
  throw usage(
    name === undefined ? `${command} needs a run.` : `${command} takes a run or --last, not both.`,
    `okta-reset ${command} reports/RUN, or okta-reset ${command} --last`,
  );
}
