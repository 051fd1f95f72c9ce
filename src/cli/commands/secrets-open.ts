import { resolve } from 'node:path';
import { openSecrets } from '../../app/open-secrets.ts';
import { locateRun } from '../../app/run-location.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import { AppError } from '../../domain/app-error.ts';
import { EXIT } from '../../domain/exit-code.ts';
import type { Execute } from '../command.ts';
import { runReference } from '../run-reference.ts';
import { openSession } from '../session.ts';
import { on, text } from '../typed-flags.ts';
import { plural } from '../words.ts';

export const execute: Execute = async ({ parsed, positional, terminal }) => {
  const reference = runReference('secrets open', parsed, positional);
  const identity = text(parsed, 'identity');
  const { cwd } = terminal.host;
  if (terminal.stdout.isTty && !on(parsed, 'show')) {
    throw new AppError('USAGE', 'The secrets would be shown on this screen.', {
      hint: 'Send them on (> passwords.csv, | …), or pass --show if nobody looks over your shoulder and the terminal keeps no log.',
      exitCode: EXIT.usage,
    });
  }
  // The rows are the output itself; the events of --json have no place in it.
  const session = openSession({ ...terminal, json: false });
  try {
    const dir = await locateRun(reference, cwd, DEFAULTS.reportsDir);
    const { opened, unreadable } = await openSecrets(
      {
        dir,
        identity: identity === undefined ? undefined : resolve(cwd, identity),
        format: terminal.json ? 'ndjson' : 'csv',
      },
      terminal.stdout,
      session.context,
    );
    await session.settle();
    if (!terminal.quiet) await terminal.err(`${plural(opened, 'secret')} opened.\n`);
    if (unreadable === 0) return EXIT.ok;
    await terminal.err(
      `${plural(unreadable, 'record')} could not be opened: damaged, or sealed for another key.\n`,
    );
    return EXIT.partial;
  } finally {
    await session.close();
  }
};
