import { openOwnFile } from '../disk/own-file.ts';
import { parseSealedLine } from './sealed-line.ts';

/** Longer than any record that a run writes: an age file of many recipients is a few kilobytes. */
const MOST_BYTES = 65_536;

/** Returns the row of the last complete record in secrets.jsonl; undefined if there is none, or the file cannot be read. */
export async function rowOfLatestSecret(path: string): Promise<number | undefined> {
  const handle = await openOwnFile(path, 'read').catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.min(size, MOST_BYTES));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, size - bytes.length);
    // What follows the last newline was never complete.
    const lines = bytes.subarray(0, bytesRead).toString('utf8').split('\n').slice(0, -1);
    return parseSealedLine(lines.at(-1) ?? '')?.row;
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}
