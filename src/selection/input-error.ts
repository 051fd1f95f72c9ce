import { AppError } from '../domain/codes/app-error.ts';
import type { AppErrorCode } from '../domain/codes/app-error-entries.ts';

/** Makes the error of an input that cannot be used (exit 3). */
export function inputError(
  code: Extract<AppErrorCode, `INPUT_${string}`>,
  message: string,
  hint: string,
  cause?: unknown,
): AppError {
  return new AppError(code, message, { hint, cause });
}

/** Names a file for people: `users.csv`, or `standard input`. */
export function sourceName(path: string): string {
  return path === '-' ? 'standard input' : path;
}

// Characters that move the cursor, hide text or turn its direction. They must not be in a message.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const MOST_CHARACTERS = 120;

/** Quotes text from a file for a message: one line, printable, shortened. */
export function quoted(text: string): string {
  return `“${printable(text)}”`;
}

/** Returns text from a file as one printable line of at most 120 characters. */
export function printable(text: string): string {
  const clean = text.slice(0, MOST_CHARACTERS * 4).replace(UNPRINTABLE, '\uFFFD');
  const characters = Array.from(clean);
  if (characters.length <= MOST_CHARACTERS) return clean;
  return `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`;
}
