import type { ConsoleTold } from '../../app/console/console-port.ts';
import { asLines, styled, type Text } from '../../text/styled.ts';
import { openEventLines } from '../screens/event-lines.ts';
import { counted } from '../../domain/counted.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Execute } from '../line/commands.ts';

function lineOf(told: ConsoleTold, { outStyle, style }: Terminal): readonly Text[] {
  switch (told.kind) {
    case 'listening':
      return [
        styled`The console is open, on this machine only. Its link works once:`,
        '',
        styled`  ${outStyle.bold(told.link)}`,
        '',
        'Press Enter for another link. Ctrl-C ends the console; a run under way stops safely first, and can be resumed.',
      ];
    case 'link':
      return [styled`  ${outStyle.bold(told.link)}`];
    case 'warning':
      return [style.yellow(`Warning: ${told.text}`), `  → ${told.hint}`];
    case 'closing':
      if (told.phase === 'leave') return ['Leaving now. What was done is recorded.'];
      return [
        told.runs === 0
          ? 'The console is closed.'
          : `${counted(told.runs, 'run')}: no new calls; waiting for those under way. Ctrl-C again leaves at once.`,
      ];
    default: {
      const never: never = told;
      return never;
    }
  }
}

export const execute: Execute<'console'> = async ({ input, terminal, faces }) => {
  const { port, browser, identities } = input.console;
  const lines = openEventLines(terminal.stdout.write, terminal.host.program);
  const tell = async (told: ConsoleTold) => {
    if (terminal.json) {
      const { kind, ...facts } = told;
      await lines.publish({ type: `console-${kind}`, ...facts });
      return;
    }
    // What was opened is the result of this command. Everything else goes to standard error.
    const print = told.kind === 'listening' || told.kind === 'link' ? terminal.out : terminal.err;
    await print(asLines([...lineOf(told, terminal), '']));
  };
  return faces.openConsole(
    { port, browser, identities, org: input.org, verbose: terminal.verbose, tell },
    terminal.host,
  );
};
