import { join } from 'node:path';
import { diskError } from '../../disk/disk-error.ts';
import { digestOwnFile } from '../../disk/digest-file.ts';
import { AppError, usage } from '../../domain/codes/app-error.ts';
import type { Evidence, EvidenceFault, FileSeal } from '../../domain/run/evidence.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';
import type { Summary } from '../../domain/run/summary.ts';
import type { AppContext } from '../context.ts';
import { rebuildReports, recordsOf } from '../report/reports.ts';
import { withRunLock } from '../run/run-lock.ts';
import { openRun, type OpenRun } from '../runs/open-run.ts';
import { VERSION } from '../version.ts';
import { checkRun } from './check-run.ts';
import { readSeal, textOf, writeSeal } from './evidence-file.ts';
import { sealedNames } from './run-files.ts';
import { sign } from './signature.ts';

/** A new seal. */
export interface MadeSeal {
  readonly evidence: Evidence;
  readonly isSigned: boolean;
  /** The seal that it replaced. */
  readonly earlier:
    { readonly sealedAt: string; readonly faults: readonly EvidenceFault[] } | undefined;
}

async function sealFiles(
  dir: string,
  journalBytes: number,
  signal: AbortSignal,
): Promise<readonly FileSeal[]> {
  const files: FileSeal[] = [];
  for (const name of await sealedNames(dir)) {
    const path = join(dir, name);
    // Bytes after the last complete record were never durable, and the next invocation cuts them off.
    const upTo = name === RUN_FILES.journal ? journalBytes : Infinity;
    const { bytes, sha256 } = await digestOwnFile(path, { upTo, signal }).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        throw diskError(`read ${path}`, error);
      },
    );
    files.push({ name, bytes, sha256 });
  }
  return files;
}

/** Returns the seal that the run already has. Refuses to replace a signed seal with one that has no signature. */
async function earlierSeal(
  dir: string,
  isToBeSigned: boolean,
  signal: AbortSignal,
): Promise<MadeSeal['earlier']> {
  const earlier = await readSeal(dir).catch((error: unknown) => {
    // A file that cannot be read as a seal does not count, and is replaced.
    if (error instanceof AppError && error.code === 'EVIDENCE_MISSING') return undefined;
    throw error;
  });
  if (earlier === undefined) return undefined;
  if (earlier.signature !== undefined && !isToBeSigned)
    throw usage(
      'This run has a signed seal, and one without a signature would replace it.',
      'Pass --sign-key FILE, or move evidence.json and evidence.json.sig away first.',
    );
  const { faults } = await checkRun(dir, earlier.evidence, signal);
  return { sealedAt: earlier.evidence.sealedAt, faults };
}

function evidenceOf(
  { run, replay }: OpenRun,
  { counts, executedBy }: Summary,
  files: readonly FileSeal[],
  nowMs: number,
): Evidence {
  const { runId, host, orgId, principal, spec, planDigest, createdAt, rows, targets } = run;
  return {
    format: 1,
    toolVersion: VERSION,
    sealedAt: new Date(nowMs).toISOString(),
    ...{ runId, host, orgId, principal, executedBy, spec, planDigest, createdAt },
    startedAt: replay.firstAt,
    finishedAt: replay.lastAt,
    ...{ rows, targets, counts },
    invocations: replay.invocations,
    journal: { records: replay.records, chainHead: replay.chainHead },
    files,
  };
}

/**
 * Writes the reports of a run again and seals it: evidence.json has the digest of each of its files, and if there is a key,
 * evidence.json.sig has its signature. Rejects with RUN_*, FILE_NOT_YOURS, DISK, SIGN_KEY, SIGN_PROGRAM, USAGE, and with the
 * reason of `interrupt.drain` after its abort. An earlier seal of the run then stays.
 */
export async function sealRun(
  dir: string,
  key: Parameters<typeof sign>[1] | undefined,
  context: AppContext,
): Promise<MadeSeal> {
  const { interrupt, host } = context;
  const signal = interrupt.drain;
  await using opened = await openRun(dir, context);
  const { place, run, replay } = opened;
  return await withRunLock(place, context, async () => {
    // Throws if the journal is damaged, because then it is not evidence.
    const { bytes } = replay.head();
    const earlier = await earlierSeal(dir, key !== undefined, signal);
    const records = replay.records > 0 ? recordsOf(replay) : undefined;
    // Reports that have not changed since the earlier seal are not written, so that this seal stays valid if the new one
    // cannot be signed.
    const evenIfSealed = earlier === undefined || earlier.faults.length > 0;
    const reporting = { plan: await opened.plan(), signal, evenIfSealed };
    const summary = await rebuildReports(dir, run, records, context, reporting);
    const files = await sealFiles(dir, bytes, signal);
    const evidence = evidenceOf(opened, summary, files, host.clock.nowMs());
    const text = textOf(evidence);
    const signature = key === undefined ? undefined : await sign(text, key, context);
    await writeSeal(dir, { text, signature }, host.clock.nowMs());
    return { evidence, isSigned: signature !== undefined, earlier };
  });
}
