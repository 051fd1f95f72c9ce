/** Compares the files of a run's folder with its seal. */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { diskError, systemCode } from '../../disk/disk-error.ts';
import { digestOwnFile } from '../../disk/digest-file.ts';
import { readOwnText } from '../../disk/own-file.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import type {
  Evidence,
  EvidenceCheck,
  EvidenceFault,
  FileSeal,
  SinceSeal,
} from '../../domain/run/evidence.ts';
import { isTie, type HandedOver, type TakenUp } from '../../domain/run/journal-record.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';
import { checkChain } from '../../journal/check-chain.ts';
import { GROWING, LATER, sealedNames } from './run-files.ts';

/** How many runs that took rows are named. The others are counted. */
const MOST_TIES = 20;
const MOST_CLAIMS_BYTES = 64 * 1024 * 1024;

interface Findings {
  readonly faults: EvidenceFault[];
  readonly since: SinceSeal[];
}

/** Returns why a file cannot be read, if that is a finding. Throws any other error. */
function whyUnusable(path: string, error: unknown, signal: AbortSignal): string {
  signal.throwIfAborted();
  if (error instanceof AppError && error.code === 'FILE_NOT_YOURS') return error.message;
  const code = systemCode(error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'ENOENT')
    return `it cannot be read (${code})`;
  throw diskError(`read ${path}`, error);
}

/** Compares one file with its seal. A file that only grows is compared up to its sealed length. */
async function checkFile(
  dir: string,
  { name, bytes: sealedBytes, sha256 }: FileSeal,
  mayGrow: boolean,
  signal: AbortSignal,
): Promise<{ readonly fault?: EvidenceFault; readonly since?: SinceSeal }> {
  const path = join(dir, name);
  try {
    const found = await digestOwnFile(path, { upTo: sealedBytes, signal });
    const isSame = found.bytes === sealedBytes && found.sha256 === sha256;
    const more = found.size - sealedBytes;
    if (!isSame || (more > 0 && !mayGrow))
      return name === RUN_FILES.followup
        ? { since: { kind: 'replaced', name } }
        : { fault: { kind: 'differs', name, bytes: found.size, sealedBytes } };
    return more > 0 ? { since: { kind: 'grown', name, bytes: more } } : {};
  } catch (error) {
    return { fault: { kind: 'unusable', name, why: whyUnusable(path, error, signal) } };
  }
}

/** Checks the chain of the journal, and lists what was added to it. */
async function checkJournal(
  dir: string,
  { runId, journal }: Evidence,
  { faults, since }: Findings,
  signal: AbortSignal,
): Promise<void> {
  const path = join(dir, RUN_FILES.journal);
  const byKind: Record<string, number> = {};
  const ties: (HandedOver | TakenUp)[] = [];
  const { at, end, fault } = await checkChain(
    path,
    { runId, records: journal.records },
    (record) => {
      const kind = record.kind === 'note' ? record.note.kind : record.kind;
      byKind[kind] = (byKind[kind] ?? 0) + 1;
      if (record.kind === 'note' && isTie(record.note) && ties.length < MOST_TIES)
        ties.push(record.note);
    },
    signal,
  );
  if (fault !== undefined) faults.push({ kind: 'chain', ...fault });
  const isSealedOne = journal.records === 0 || (at !== undefined && at.link === journal.chainHead);
  if (fault === undefined && !isSealedOne)
    faults.push({ kind: 'rewritten', records: end.records, sealedRecords: journal.records });
  if (end.records > journal.records)
    since.push({ kind: 'records', records: end.records - journal.records, byKind, ties });
}

/** The content of a file that cannot be read as JSON. */
const NOTHING: Readonly<Record<string, unknown>> = {};

async function parsedFile(dir: string, name: string): Promise<Readonly<Record<string, unknown>>> {
  const value: unknown = JSON.parse(await readOwnText(join(dir, name), MOST_CLAIMS_BYTES));
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

const CLAIMS = {
  [RUN_FILES.run]: [
    ...['runId', 'host', 'orgId', 'principal', 'spec', 'planDigest'],
    ...['createdAt', 'rows', 'targets'],
  ],
  [RUN_FILES.summary]: ['counts', 'executedBy'],
} as const;

/** Compares the seal's facts about the run with its files, unless these have changed since the seal. */
async function checkClaims(
  dir: string,
  evidence: Evidence,
  isSound: (name: string) => boolean,
): Promise<readonly EvidenceFault[]> {
  const claims: Readonly<Record<string, unknown>> = { ...evidence };
  const faults: EvidenceFault[] = [];
  for (const [name, whats] of Object.entries(CLAIMS)) {
    if (!isSound(name)) continue;
    const told = await parsedFile(dir, name).catch(() => NOTHING);
    for (const what of whats)
      if (!isDeepStrictEqual(told[what], claims[what])) faults.push({ kind: 'claim', what, name });
  }
  return faults;
}

/**
 * Compares a run's folder with its seal: what differs, what is missing, what is new, and what was added after it, which is
 * allowed. Only files in the folder are opened, whatever the seal names. Rejects with DISK, and with `signal.reason` after
 * an abort.
 */
export async function checkRun(
  dir: string,
  evidence: Evidence,
  signal: AbortSignal,
): Promise<EvidenceCheck> {
  const findings: Findings = { faults: [], since: [] };
  const { faults, since } = findings;
  const there = new Set(await sealedNames(dir));
  const seals = new Map(evidence.files.map((file) => [file.name, file]));
  const unsound = new Set<string>();
  for (const [name, seal] of seals) {
    if (!there.has(name)) {
      faults.push({ kind: 'missing', name });
      unsound.add(name);
      continue;
    }
    const found = await checkFile(dir, seal, GROWING.has(name), signal);
    if (found.fault !== undefined) {
      faults.push(found.fault);
      unsound.add(name);
    }
    // What was added to the journal is read from its records.
    if (found.since !== undefined && name !== RUN_FILES.journal) since.push(found.since);
  }
  for (const name of there)
    if (!seals.has(name)) (LATER.has(name) ? since : faults).push({ kind: 'new', name });
  const journal = faults.find((fault) => 'name' in fault && fault.name === RUN_FILES.journal);
  if (there.has(RUN_FILES.journal) && journal?.kind !== 'unusable')
    await checkJournal(dir, evidence, findings, signal).catch((error: unknown) => {
      const name = RUN_FILES.journal;
      faults.push({ kind: 'unusable', name, why: whyUnusable(join(dir, name), error, signal) });
    });
  const isSound = (name: string) => seals.has(name) && !unsound.has(name);
  faults.push(...(await checkClaims(dir, evidence, isSound)));
  return { evidence, faults, since };
}
