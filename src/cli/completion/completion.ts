import type { Command } from '../line/commands.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { powershellCompletion } from './powershell.ts';
import { completed } from './words.ts';
import { zshCompletion } from './zsh.ts';

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

export type Shell = (typeof SHELLS)[number];

/** Makes the script with which a shell completes commands and flags, from the same data as the help. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  const all = completed(commands);
  switch (shell) {
    case 'bash':
      return bashCompletion(all);
    case 'zsh':
      return zshCompletion(all);
    case 'fish':
      return fishCompletion(all);
    case 'powershell':
      return powershellCompletion(all);
    default: {
      const never: never = shell;
      return never;
    }
  }
}
