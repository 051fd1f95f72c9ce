import { APP_ERROR_ENTRIES } from '../../domain/app-error-entries.ts';
import { usage } from '../../config/option.ts';
import { EXIT } from '../../domain/exit-code.ts';
import { ERROR_ENTRIES, findErrorEntry } from '../../domain/okta-error.ts';
import { closest } from '../closest.ts';
import type { Execute } from '../command.ts';
import { wrap } from '../words.ts';

export const execute: Execute = async ({ positional, terminal }) => {
  const code = positional[0] ?? '';
  const ours = APP_ERROR_ENTRIES.find((entry) => entry.code === code.toUpperCase());
  const theirs = findErrorEntry(code);
  const entry = ours ?? theirs;
  if (entry === undefined) {
    const near = closest(
      code.toUpperCase(),
      [...APP_ERROR_ENTRIES, ...ERROR_ENTRIES].map((known) => known.code),
    );
    throw usage(
      `No code “${code}” is known here.`,
      near === undefined ? 'docs/errors.md lists them all.' : `Did you mean ${near}?`,
    );
  }
  if (terminal.json) {
    await terminal.out(`${JSON.stringify({ v: 1, type: 'explanation', ...entry })}\n`);
    return EXIT.ok;
  }
  const width = Math.min(100, terminal.stdout.size().columns) - 2;
  const facts =
    ours !== undefined
      ? `exit code ${ours.exitCode}`
      : `${theirs?.statuses.join(', ') ?? ''}${theirs === undefined ? '' : ` · this tool: ${theirs.disposition}`}`;
  const lines = [
    `${terminal.outStyle.bold(entry.code)}  ${facts}`,
    '',
    ...wrap(entry.meaning, width).map((line) => `  ${line}`),
    '',
    ...wrap(`Who can mend it: ${entry.who}. ${entry.how}`, width).map((line) => `  ${line}`),
  ];
  await terminal.out(`${lines.join('\n')}\n`);
  return EXIT.ok;
};
