import { openOwnFile } from '../disk/own-file.ts';

/** A record for fifty post-quantum recipients has about 120 kB. */
const LONGEST_LINE = 1024 * 1024;

/**
 * Reads the complete lines of a file. A line that is longer than 1 MiB is returned as undefined, and nothing of it is kept.
 * Bytes after the last newline were never durable and are left out. Rejects with FILE_NOT_YOURS, or the system's error.
 */
export async function* boundedLines(path: string): AsyncGenerator<string | undefined> {
  const file = await openOwnFile(path, 'read');
  // This closes the file, even if reading stops early.
  const stream = file.createReadStream({ encoding: 'utf8' });
  let rest = '';
  let tooLong = false;
  for await (const chunk of stream as AsyncIterable<string>) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      const line = rest + chunk.slice(start, end);
      yield tooLong || line.length > LONGEST_LINE ? undefined : line;
      rest = '';
      tooLong = false;
      start = end + 1;
    }
    if (!tooLong) rest += chunk.slice(start);
    if (rest.length <= LONGEST_LINE) continue;
    tooLong = true;
    rest = '';
  }
}
