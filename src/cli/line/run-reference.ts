import { resolve } from 'node:path';
import { locateRun } from '../../app/runs/run-location.ts';
import { findLast, runInWords, type LastFor } from '../../app/runs/last-run.ts';
import type { ListedRun } from '../../app/runs/list-runs.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import { AppError, usage } from '../../domain/codes/app-error.ts';
import { WIDEST, wrap } from '../../text/layout.ts';
import { styled } from '../../text/styled.ts';
import { openLineInput } from '../terminal/line-input.ts';
import type { Session } from '../session.ts';

/** Which run a command means. */
export type RunReference =
  { readonly kind: 'named'; readonly name: string } | { readonly kind: 'last' };

/**
 * Returns which run is meant: the word after the command, or `--last`. Rejects with USAGE if neither or both are given.
 */
export function runReference(
  command: string,
  name: string | undefined,
  { last }: { readonly last: boolean },
): RunReference {
  if (name === undefined && last) return { kind: 'last' };
  if (name !== undefined && !last) return { kind: 'named', name };
  throw usage(
    name === undefined ? `${command} needs a run.` : `${command} takes a run or --last, not both.`,
    `okta-reset ${command} reports/RUN, or okta-reset ${command} --last`,
  );
}

/** Asks whether the run that `--last` found is the right one. Anything but a yes is a no. */
async function askMeant(run: ListedRun, session: Session): Promise<void> {
  const { terminal, context } = session;
  const { style, host } = terminal;
  const width = Math.min(WIDEST, host.stderr.size().columns) - 3;
  const found = style.bold(wrap(`--last is ${runInWords(run)}.`, width, '  ').join('\n'));
  await terminal.err(
    styled`${found}\nIs that the run you mean?\nType ${style.bold('yes')} to go on, anything else to stop: `,
  );
  const answer = await openLineInput(host.stdin).next(context.interrupt.drain);
  if (/^y(?:es)?$/i.test(answer ?? '')) return;
  throw new AppError('CONFIRM_MISMATCH', 'You did not confirm the run. Nothing was sent.', {
    hint: 'okta-reset runs lists the others. Name the one you mean instead of --last.',
  });
}

/** Finds the directory of the run that a command means. Rejects with RUN_NOT_FOUND, RUN_AMBIGUOUS, CONFIRM_MISMATCH. */
export async function locate(
  reference: RunReference,
  what: LastFor,
  session: Session,
): Promise<string> {
  const { terminal } = session;
  const { cwd } = terminal.host;
  if (reference.kind === 'named') return locateRun(reference.name, cwd, DEFAULTS.reportsDir);
  const ask = terminal.interactive ? (run: ListedRun) => askMeant(run, session) : undefined;
  return findLast(what, resolve(cwd, DEFAULTS.reportsDir), ask, session.context);
}
