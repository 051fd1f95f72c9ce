import { stepsOf } from '../../domain/plan/action.ts';
import type { OpenedRecord } from '../../domain/run/journal-record.ts';
import type { Journal } from '../../journal/journal.ts';
import type { SealedFile } from '../../secrets/sealed-file.ts';
import type { AppContext } from '../context.ts';
import { openIndexedJournal } from '../runs/index/indexed-journal.ts';
import { openSecretSink, recipientsToKeep } from '../secrets/secret-sink.ts';
import { VERSION } from '../version.ts';
import type { RunAtWork } from './run-at-work.ts';
import type { Prepared } from './prepare.ts';

/** The files that a run writes while it sends. Must be closed. */
export interface Begun {
  readonly journal: Journal;
  readonly sink: SealedFile | undefined;
  /** Closes both. Resolves with whether the journal stored everything that it was given. */
  readonly close: () => Promise<boolean>;
}

function announce({ input, run, replay }: RunAtWork, { log }: Prepared, context: AppContext): void {
  const { runId, host, targets } = run;
  context.emit({
    type: 'run-started',
    runId,
    dir: input.dir,
    total: targets,
    resumedFrom: replay.endedCount,
    earlier: { ...replay.counts },
    limitPerWindow: run.preview.estimate.limitPerWindow,
    windowMs: run.preview.estimate.windowMs,
    callsPerRow: stepsOf(run.spec).length,
  });
  log.info({ runId, host, targets, done: replay.endedCount }, 'run started');
}

function wavesToKeep(waves: readonly number[] | undefined): Pick<OpenedRecord, 'canary' | 'waves'> {
  if (waves === undefined) return {};
  return { canary: waves[0] ?? 0, ...(waves.length > 1 ? { waves } : {}) };
}

/**
 * Records that this invocation begins, first in the runs whose rows it takes up, then in its own journal. After that, writes
 * can be sent. Rejects with DISK, RUN_DAMAGED, FILE_NOT_YOURS.
 */
export async function begin(
  work: RunAtWork,
  prepared: Prepared,
  context: AppContext,
): Promise<Begun> {
  const { place, run, replay } = work;
  const { waves, parents, protecting, protection, secretsPlace, keptRecipients } = prepared;
  const { host } = context;
  const { runId, planDigest } = run;
  const sink = await openSecretSink(protection, { path: place.path('secrets'), runId });
  const journal = await openIndexedJournal(place, runId, replay);
  const close = async () => {
    // Closing rejects if the disk has failed, which the engine has already reported.
    const kept = await journal.close().then(
      () => true,
      () => false,
    );
    await sink?.close().catch(() => undefined);
    return kept;
  };
  announce(work, prepared, context);
  try {
    await parents?.handOver();
    await journal.append({
      kind: 'opened',
      at: new Date(host.clock.nowMs()).toISOString(),
      runId,
      planDigest,
      toolVersion: VERSION,
      pid: host.pid,
      hostname: host.hostname,
      ...wavesToKeep(waves),
      ...(protecting.later > 0 ? { canaryOnly: true } : {}),
      ...recipientsToKeep(secretsPlace, keptRecipients),
      principal: protecting.principal,
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { journal, sink, close };
}
