import { AppError } from '../../domain/codes/app-error.ts';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { damagedWorkbook, notAWorkbook, oversizedWorkbook } from './workbook-error.ts';

/** Workbooks unpack to 5 to 20 times their size. */
const MOST_GROWTH = 30;
/** Up to this size, no growth is harmful. */
const HARMLESS_BYTES = 8 * 1024 * 1024;
/** Excel's own workbooks have a few dozen members. */
const MOST_MEMBERS = 10_000;

/** The members of a workbook, which is a zip archive. */
export interface Archive {
  readonly path: string;
  readonly has: (name: string) => boolean;
  /**
   * Unpacks a member as it is read; undefined if it is missing. Rejects with INPUT_WORKBOOK if it is damaged, protected, or
   * unpacks to more than it declares. Its declared size is checked before a byte is unpacked. All members count towards one
   * limit, except one that is read `again`.
   */
  readonly read: (name: string, again?: 'again') => AsyncGenerator<Buffer> | undefined;
}

async function membersOf(path: string, zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  const members = new Map<string, Entry>();
  if (zip.entryCount > MOST_MEMBERS) throw oversizedWorkbook(path);
  for await (const entry of zip.eachEntry()) {
    // Names in archives are compared without case, as in Excel.
    members.set(entry.fileName.toLowerCase(), entry);
  }
  return members;
}

/** Opens a zip archive in memory. `packedBytes` is the length of the file. Rejects with INPUT_WORKBOOK if it is not one. */
export async function openArchive(
  path: string,
  bytes: Buffer,
  packedBytes: number,
  signal: AbortSignal,
): Promise<Archive> {
  let zip: ZipFile;
  let members: ReadonlyMap<string, Entry>;
  try {
    zip = await fromBufferPromise(bytes, { lazyEntries: true });
    members = await membersOf(path, zip);
  } catch (error) {
    throw error instanceof AppError ? error : damagedWorkbook(path, error);
  }
  let left = Math.max(HARMLESS_BYTES, packedBytes * MOST_GROWTH);

  async function* unpack(entry: Entry, isCounted: boolean): AsyncGenerator<Buffer> {
    if (entry.isEncrypted()) throw notAWorkbook(path, 'an archive protected by a password');
    if (entry.uncompressedSize > left) throw oversizedWorkbook(path);
    try {
      const stream = await zip.openReadStreamPromise(entry);
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        signal.throwIfAborted();
        if (isCounted) left -= chunk.length;
        if (left < 0) throw oversizedWorkbook(path);
        yield chunk;
      }
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof AppError ? error : damagedWorkbook(path, error);
    }
  }

  return {
    path,
    has: (name) => members.has(name.toLowerCase()),
    read: (name, again) => {
      const entry = members.get(name.toLowerCase());
      return entry === undefined ? undefined : unpack(entry, again === undefined);
    },
  };
}
