import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const DOC = fileURLToPath(new URL('../../docs/faults.md', import.meta.url));

export interface DocumentedFault {
  readonly name: string;
  readonly outcome: string;
}

/** The rows of both tables of docs/faults.md. */
export async function documentedFaults(): Promise<readonly DocumentedFault[]> {
  const text = await readFile(DOC, 'utf8');
  return text.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    const name = /^`([a-z0-9-]+)`$/.exec(cells[1] ?? '')?.[1];
    return name === undefined ? [] : [{ name, outcome: cells[4] ?? '' }];
  });
}
