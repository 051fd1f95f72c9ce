import { printReport } from '../../app/report/print-report.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import type { Execute } from '../line/commands.ts';
import { locate, runReference } from '../line/run-reference.ts';
import { printing } from '../session.ts';

export const execute: Execute<'report'> = async ({ input, word, terminal }) => {
  const reference = runReference('report', word, input.run);
  const { format = 'text' } = input.output;
  // A document that was asked for is the output itself; the events of --json have no place in it.
  const events = terminal.json && input.output.format === undefined;
  const { stdout } = terminal;
  return printing({ ...terminal, json: events }, async (session) => {
    const dir = await locate(reference, 'report', session);
    const output = events
      ? { ...stdout, write: () => Promise.resolve() }
      : format === 'text'
        ? { ...stdout, write: terminal.out }
        : stdout;
    const summary = await printReport(dir, format, output, session.context);
    if (events) await session.publish({ type: 'summary', dir, summary });
    return EXIT.ok;
  });
};
