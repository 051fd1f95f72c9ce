import { shellWord } from '../../domain/shell-word.ts';

/** The shells that command lines are printed for. */
export type Shell = 'posix' | 'powershell';

/** Returns the shell that people on a platform usually type into. */
export const shellOf = (platform: string): Shell => (platform === 'win32' ? 'powershell' : 'posix');

/** Quotes a word so that PowerShell takes it literally: a quote in it is doubled, and curly quotes count as quotes there. */
const quotedForPowershell = (word: string) => `'${word.replace(/['\u2018-\u201b]/g, '$&$&')}'`;

/** Returns the line that sets an environment variable for the commands after it. */
export function setLine(shell: Shell, name: string, value: string): string {
  return shell === 'powershell'
    ? `$env:${name} = ${quotedForPowershell(value)}`
    : `export ${name}=${shellWord(value)}`;
}

/** Returns the line that asks for a secret without showing it. It works in Windows PowerShell 5.1 and in PowerShell 7. */
export function askLine(shell: Shell, name: string): string {
  return shell === 'powershell'
    ? `$env:${name} = [System.Net.NetworkCredential]::new('', (Read-Host -AsSecureString '${name}')).Password`
    : `read -rs ${name} && export ${name}`;
}
