import { openOwnFile } from '../../disk/own-file.ts';
import { sizeOf } from '../../disk/look.ts';
import { diskError } from '../../disk/disk-error.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';
import { openRunDirectory } from '../../journal/directory/run-directory.ts';

/** The files of a run that a page can save, by the names it uses. None of them contains a secret. */
const SAVED = {
  'results-csv': 'resultsCsv',
  'results-json': 'resultsJson',
  'failed-csv': 'failedCsv',
  'not-attempted-csv': 'notAttemptedCsv',
  summary: 'summary',
  report: 'report',
  'followup-csv': 'followup',
  evidence: 'evidence',
  'evidence-signature': 'signature',
} as const satisfies Readonly<Record<string, keyof typeof RUN_FILES>>;

export type SavedKind = keyof typeof SAVED;

/** Tells whether a text is the name of such a file. */
export const isSavedKind = (text: string): text is SavedKind => Object.hasOwn(SAVED, text);

export interface SavedFile {
  readonly kind: SavedKind;
  readonly name: string;
  readonly bytes: number;
}

/** Lists the files that exist, with their sizes. Rejects with RUN_NOT_FOUND, FILE_NOT_YOURS. */
export async function savedFiles(dir: string): Promise<readonly SavedFile[]> {
  const place = await openRunDirectory(dir);
  const found: SavedFile[] = [];
  for (const kind of Object.keys(SAVED).filter(isSavedKind)) {
    const bytes = await sizeOf(place.path(SAVED[kind]));
    if (bytes !== undefined) found.push({ kind, name: RUN_FILES[SAVED[kind]], bytes });
  }
  return found;
}

/** Opens one of them as a stream of bytes. Rejects with FILE_NOT_YOURS, DISK. */
export async function readSavedFile(
  dir: string,
  kind: SavedKind,
): Promise<{ readonly name: string; readonly bytes: AsyncIterable<Uint8Array> }> {
  const place = await openRunDirectory(dir);
  const path = place.path(SAVED[kind]);
  const file = await openOwnFile(path, 'read').catch((error: unknown) => {
    throw diskError(`read ${path}`, error);
  });
  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of file.createReadStream({ autoClose: false }))
        yield chunk as Uint8Array;
    } finally {
      await file.close();
    }
  }
  return { name: RUN_FILES[SAVED[kind]], bytes: bytes() };
}
