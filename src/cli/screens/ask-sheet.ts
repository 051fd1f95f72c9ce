import { styled } from '../../text/styled.ts';
import { shellWord } from '../../domain/shell-word.ts';
import type { LineInput } from '../terminal/line-input.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** How many sheets are shown. Any can be typed. */
const MOST_SHOWN = 20;

/** Returns the sheet that an answer means: by its name, else by its number in the list. */
function meant(answer: string, names: readonly string[]): string | undefined {
  const same = (name: string) => name.trim().toLowerCase() === answer.toLowerCase();
  return names.find(same) ?? (/^\d+$/.test(answer) ? names[Number(answer) - 1] : undefined);
}

/**
 * Asks which sheet of a workbook names the users, until the answer is clear. Undefined if the person gives none. Rejects
 * with the signal's reason.
 */
export async function askSheet(
  { err, style }: Terminal,
  input: LineInput,
  path: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const shown = names
    .slice(0, MOST_SHOWN)
    .map((name, at) => styled`  ${String(at + 1)}  ${name}\n`);
  const more = names.length - shown.length;
  await err(styled`${style.bold(path)} has ${String(names.length)} sheets that are not empty:\n`);
  for (const line of shown) await err(line);
  if (more > 0) await err(styled`  … and ${String(more)} more\n`);
  for (;;) {
    await err(styled`Which one has the users? Type its number or name: `);
    const answer = await input.next(signal);
    if (answer === undefined || answer === '') return undefined;
    const sheet = meant(answer, names);
    if (sheet !== undefined) {
      await err(styled`To skip this question next time: ${`--sheet ${shellWord(sheet)}`}\n`);
      return sheet;
    }
    await err(styled`There is no such sheet. `);
  }
}
