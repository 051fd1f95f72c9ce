import { usage } from '../../domain/codes/app-error.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import { closest } from '../../domain/closest.ts';
import { COMMANDS, type Execute } from '../line/commands.ts';
import { completionScript, SHELLS } from '../completion/completion.ts';

export const execute: Execute<'completion'> = async ({ word = '', terminal }) => {
  const shell = SHELLS.find((known) => known === word.toLowerCase());
  if (shell === undefined) {
    const near = closest(word, SHELLS);
    throw usage(
      `No completion for “${word}” is known.`,
      near === undefined ? `Use one of ${SHELLS.join(', ')}.` : `Did you mean ${near}?`,
    );
  }
  await terminal.stdout.write(completionScript(shell, COMMANDS));
  return EXIT.ok;
};
