/** Folders of runs as commands leave them, made without a command: a plan, a journal, and what else is in them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppContext } from '../../src/app/context.ts';
import { openPacings } from '../../src/app/org/pacings.ts';
import { isTarget, type PlannedRow } from '../../src/domain/plan/plan.ts';
import type { AppEvent } from '../../src/domain/run/event.ts';
import type { AttemptRecord, JournalRecord } from '../../src/domain/run/journal-record.ts';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import { RUN_FILES } from '../../src/domain/run/run-file.ts';
import { host as realHost } from '../../src/host.ts';
import type { RunDirectory } from '../../src/journal/directory/run-directory.ts';
import { writePlan } from '../../src/plan/file/write-plan.ts';
import { onFileCalls } from '../disk/file-calls.ts';
import { attempt, journalText, opened, outcome } from '../journal/sample.ts';
import { planned, rowsOf, runFile } from '../report/sample.ts';

export const NOW_MS = Date.parse('2026-11-22T06:00:00.000Z');

/** What a run is made of. */
export interface Made {
  readonly run?: Partial<RunFile>;
  readonly rows?: readonly PlannedRow[];
  /** The records of its journal; undefined if it has none. */
  readonly records?: readonly JournalRecord[] | undefined;
  /** More files, and those that are different from what the rest says; undefined if one is missing. */
  readonly files?: Readonly<Record<string, string | undefined>>;
}

export const placeOf = (dir: string): RunDirectory => ({
  dir,
  path: (file) => join(dir, RUN_FILES[file]),
});

/** Makes the folder of a run; resolves with what its run.json says. */
export async function makeRun(dir: string, made: Made = {}): Promise<RunFile> {
  const { rows = [planned(1), planned(2), planned(3)], records, files = {} } = made;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const targets = rows.filter(isTarget).length;
  const base = runFile({ rows: rows.length, targets, ...made.run });
  const { format, runId, createdAt, orgId, host, spec } = base;
  const header = { format, runId, createdAt, orgId, host, spec };
  const { signal } = new AbortController();
  const { digest } = await writePlan(join(dir, RUN_FILES.plan), header, rowsOf(rows), signal);
  const whole: RunFile = {
    ...base,
    planDigest: made.run?.planDigest ?? digest,
    preview: made.run?.preview ?? { ...base.preview, rows: rows.length, targets },
  };
  const write = (name: string, text: string) => writeFile(join(dir, name), text, { mode: 0o600 });
  await write(RUN_FILES.run, `${JSON.stringify(whole, null, 2)}\n`);
  if (records !== undefined) await write(RUN_FILES.journal, journalText(records, runId));
  for (const [name, text] of Object.entries(files))
    if (text === undefined) await rm(join(dir, name));
    else await write(name, text);
  return whole;
}

/** The first record of a journal of this run. */
export const begunAs = ({ runId, planDigest }: Pick<RunFile, 'runId' | 'planDigest'>) =>
  opened({ runId, planDigest });

/** A row that was attempted and has ended. */
export const acted = (
  row: number,
  more: Parameters<typeof outcome>[1] = {},
  sent: Partial<AttemptRecord> = {},
): readonly JournalRecord[] => [attempt(row, sent), outcome(row, more)];

/** What a use case gets, with a clock that stands still, and what it has emitted. */
export interface Around {
  readonly context: AppContext;
  readonly events: AppEvent[];
  readonly drain: AbortController;
  /** The texts of its messages. */
  readonly said: () => readonly string[];
}

export function around(cwd: string, more: Partial<AppContext['host']> = {}): Around {
  const events: AppEvent[] = [];
  const drain = new AbortController();
  const leave = new AbortController();
  const clock = {
    nowMs: () => NOW_MS,
    monotonicMs: () => 0,
    sleep: () => Promise.resolve(),
  };
  const host = {
    ...realHost,
    ...{ cwd, homeDir: cwd, clock, env: { XDG_STATE_HOME: join(cwd, '.state') } },
    program: 'okta-reset',
    ...more,
  };
  return {
    events,
    drain,
    said: () => events.flatMap((event) => (event.type === 'message' ? [event.text] : [])),
    context: {
      host,
      emit: (event) => void events.push(event),
      caughtUp: () => undefined,
      interrupt: { drain: drain.signal, leave: leave.signal, release: () => undefined },
      pacings: openPacings(host),
      verbose: false,
    },
  };
}

/**
 * Does the same again and again, each time with an abort at a later one of its reads, until one is over before its abort.
 * Returns what each came to: an error, if that is what it rejected with.
 */
export async function abortedAtEachRead<T>(
  cwd: string,
  work: (around: Around) => Promise<T>,
): Promise<readonly { readonly end: T | Error; readonly said: readonly string[] }[]> {
  const ends: { readonly end: T | Error; readonly said: readonly string[] }[] = [];
  let [nth, calls] = [0, 0];
  do {
    nth += 1;
    calls = 0;
    const here = around(cwd);
    const release = await onFileCalls((now) => {
      calls = now;
      if (now === nth) here.drain.abort(new Error('gone'));
    });
    const end = await work(here)
      .catch((error: unknown) => error as Error)
      .finally(release);
    ends.push({ end, said: here.said() });
  } while (calls >= nth);
  return ends;
}

/** A folder for the runs of a test. */
export const newFolder = () => mkdtemp(join(tmpdir(), 'okta-reset-app-'));
