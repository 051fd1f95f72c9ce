import { isClosedOutput } from '../../app/run/interrupt.ts';
import { printReport } from '../../app/report/print-report.ts';
import { usage } from '../../config/option.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import type { Execute } from '../line/command.ts';
import { locate, runReference } from '../line/run-reference.ts';
import { openSession } from '../session.ts';
import { text } from '../line/flags/typed-flags.ts';

const FORMATS = ['text', 'json', 'csv', 'html'] as const;

export const execute: Execute = async ({ parsed, positional, terminal }) => {
  const reference = runReference('report', parsed, positional);
  const asked = text(parsed, 'format');
  const format = FORMATS.find((known) => known === (asked ?? 'text'));
  if (format === undefined)
    throw usage(`--format does not know “${asked ?? ''}”.`, `It is one of ${FORMATS.join(', ')}.`);
  // A document that was asked for is the output itself; the events of --json have no place in it.
  const events = terminal.json && asked === undefined;
  const { stdout } = terminal;
  const session = openSession({ ...terminal, json: events });
  try {
    const dir = await locate(reference, 'report', terminal, session);
    const output = events
      ? { ...stdout, write: () => Promise.resolve() }
      : format === 'text'
        ? { ...stdout, write: terminal.out }
        : stdout;
    const summary = await printReport(dir, format, output, session.context);
    if (events) await session.publish({ type: 'summary', dir, summary });
    return EXIT.ok;
  } catch (error) {
    if (isClosedOutput(error)) return EXIT.ok;
    throw error;
  } finally {
    await session.close();
  }
};
