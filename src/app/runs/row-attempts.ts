import type {
  AttemptRecord,
  EffectRecord,
  OutcomeRecord,
} from '../../domain/run/journal-record.ts';
import { readLines } from '../../journal/line-reader.ts';
import { openRunDirectory } from '../../journal/directory/run-directory.ts';
import { parseRecord } from '../../journal/parse-record.ts';

/** One sending of a step and how it ended, as the journal records it. */
export interface ToldAttempt {
  readonly sent: AttemptRecord;
  readonly ended: EffectRecord | OutcomeRecord | undefined;
}

/** More attempts of one row than any run makes. A journal from elsewhere can contain anything. */
const MOST = 1000;

/**
 * Reads the attempts of one row from the first `records` records of a run's journal, which a replay has already checked.
 * Rejects with RUN_NOT_FOUND, the system's error, or `signal.reason` after an abort.
 */
export async function readAttempts(
  dir: string,
  { row, records }: { readonly row: number; readonly records: number },
  signal: AbortSignal,
): Promise<readonly ToldAttempt[]> {
  const place = await openRunDirectory(dir);
  const mark = Buffer.from(`"row":${row},`);
  const told: { sent: AttemptRecord; ended: EffectRecord | OutcomeRecord | undefined }[] = [];
  let left = records;
  await readLines(
    place.path('journal'),
    (bytes, start, end) => {
      if (left === 0 || told.length >= MOST) return false;
      left -= 1;
      if (!bytes.subarray(start, end).includes(mark)) return true;
      const record = parseRecord(bytes.toString('utf8', start, end))?.record;
      if (record === undefined || !('row' in record) || record.row !== row) return true;
      const last = told.at(-1);
      if (record.kind === 'attempt') told.push({ sent: record, ended: undefined });
      else if (last?.ended === undefined && last !== undefined) last.ended = record;
      return true;
    },
    signal,
  );
  return told;
}
