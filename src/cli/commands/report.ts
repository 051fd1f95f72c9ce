import { printReport } from '../../app/print-report.ts';
import { locateRun } from '../../app/run-location.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import { usage } from '../../config/option.ts';
import { EXIT } from '../../domain/exit-code.ts';
import type { Execute } from '../command.ts';
import { runReference } from '../run-reference.ts';
import { openSession } from '../session.ts';
import { text } from '../typed-flags.ts';

const FORMATS = ['text', 'json', 'csv', 'html'] as const;

export const execute: Execute = async ({ parsed, positional, terminal }) => {
  const reference = runReference('report', parsed, positional);
  const asked = text(parsed, 'format') ?? (terminal.json ? 'json' : 'text');
  const format = FORMATS.find((known) => known === asked);
  if (format === undefined)
    throw usage(`--format does not know “${asked}”.`, `It is one of ${FORMATS.join(', ')}.`);
  const session = openSession(terminal);
  try {
    const dir = await locateRun(reference, terminal.host.cwd, DEFAULTS.reportsDir);
    await printReport(dir, format, terminal.stdout, session.context);
    return EXIT.ok;
  } finally {
    await session.close();
  }
};
