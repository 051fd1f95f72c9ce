import { usage } from '../../config/option.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import { closest } from '../../domain/closest.ts';
import type { Execute } from '../line/command.ts';
import { completionScript, SHELLS } from '../completion/completion.ts';

export const execute: Execute = async ({ positional, terminal, commands }) => {
  const typed = positional[0] ?? '';
  const shell = SHELLS.find((known) => known === typed.toLowerCase());
  if (shell === undefined) {
    const near = closest(typed, SHELLS);
    throw usage(
      `No completion for “${typed}” is known here.`,
      near === undefined ? `It is one of ${SHELLS.join(', ')}.` : `Did you mean ${near}?`,
    );
  }
  await terminal.stdout.write(completionScript(shell, commands));
  return EXIT.ok;
};
