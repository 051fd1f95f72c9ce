import type { Command } from './command.ts';
import { bashCompletion } from './completion-bash.ts';
import { fishCompletion } from './completion-fish.ts';
import { powershellCompletion } from './completion-powershell.ts';
import { completed } from './completion-words.ts';
import { zshCompletion } from './completion-zsh.ts';

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

export type Shell = (typeof SHELLS)[number];

/** The script that teaches a shell to complete the commands and flags, made from the same data as the help. */
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
