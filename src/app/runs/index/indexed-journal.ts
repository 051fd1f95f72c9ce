import { openAppendFile } from '../../../disk/append/append-file.ts';
import { openJournal, type Journal } from '../../../journal/journal.ts';
import type { Replay } from '../../../journal/replay.ts';
import type { RunDirectory } from '../../../journal/directory/run-directory.ts';
import { openRunIndex } from './index-writer.ts';

/**
 * Opens the journal of a run that this process has locked, after the replayed records. Each record that becomes durable is
 * folded into the replay and into the run's index. Closing rejects if something was not stored in the journal, while an
 * index that cannot be written is ignored. Rejects with RUN_DAMAGED, DISK.
 */
export async function openIndexedJournal(
  { path }: RunDirectory,
  runId: string,
  replay: Replay,
): Promise<Journal> {
  const index = await openRunIndex({ path }, runId).catch(() => undefined);
  const { take } = replay;
  let journal: Journal;
  try {
    journal = await openJournal({
      file: await openAppendFile(path('journal')),
      head: replay.head(),
      path: path('journal'),
      onDurable: (record, bytes, link) => {
        take(record, bytes, link);
        index?.take(record, bytes, link);
      },
    });
  } catch (error) {
    await index?.close();
    throw error;
  }
  return {
    append: (record) => journal.append(record),
    close: async () => {
      try {
        await journal.close();
      } finally {
        await index?.close();
      }
    },
  };
}
