/** evidence.json and its signature, as they are in a run directory. */
import { join } from 'node:path';
import { z } from 'zod';
import { diskError, systemCode } from '../../disk/disk-error.ts';
import { kindAt } from '../../disk/look.ts';
import { readOwnText } from '../../disk/own-file.ts';
import { withStagedFiles } from '../../disk/staged-files.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { ACTION_NAMES, STEP_ORDERS } from '../../domain/plan/action.ts';
import type { Evidence } from '../../domain/run/evidence.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';

/** A run has about fifteen files, so a seal with more than this is not ours. */
const MOST_FILES = 2000;
const MOST_BYTES = 1024 * 1024;
const MOST_SIGNATURE_BYTES = 64 * 1024;

const count = z.int().nonnegative();
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const word = z.string().max(512);

const principal = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('user'), id: word, login: word }),
  z.object({ kind: z.literal('app'), clientId: word }),
  z.object({ kind: z.literal('unknown') }),
]);

const evidenceSchema = z.object({
  format: z.literal(1),
  toolVersion: word,
  sealedAt: z.iso.datetime(),
  runId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/),
  host: word,
  orgId: word,
  principal,
  executedBy: z.array(principal).max(1000),
  spec: z.object({
    action: z.enum(ACTION_NAMES),
    sendEmail: z.boolean(),
    revokeSessions: z.boolean(),
    revokeTokens: z.boolean(),
    resetFactors: z.boolean().optional(),
    order: z.enum(STEP_ORDERS).optional(),
  }),
  planDigest: digest,
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  rows: count,
  targets: count,
  counts: z.object({
    succeeded: count,
    skipped: count,
    failed: count,
    unknown: count,
    'not-attempted': count,
  }),
  invocations: count,
  journal: z.object({ records: count, chainHead: digest.optional() }),
  files: z
    .array(z.object({ name: z.string().min(1).max(255), bytes: count, sha256: digest }))
    .max(MOST_FILES)
    .refine((files) => new Set(files.map(({ name }) => name)).size === files.length, {
      message: 'a file is named twice',
    }),
});

/** A seal as it was read from its folder. */
export interface ReadSeal {
  readonly evidence: Evidence;
  /** The bytes that were signed. */
  readonly text: string;
  readonly signature: string | undefined;
}

function unreadable(dir: string, problem: string, cause?: unknown): AppError {
  return new AppError('EVIDENCE_MISSING', `${join(dir, RUN_FILES.evidence)} ${problem}.`, {
    hint: 'Without its seal nothing can be verified. Restore a copy of it, or of the whole folder.',
    cause,
  });
}

async function readBounded(dir: string, name: string, mostBytes: number): Promise<string> {
  const text = await readOwnText(join(dir, name), mostBytes + 1);
  if (Buffer.byteLength(text) > mostBytes)
    throw unreadable(dir, `is not a seal: ${name} is larger than ${mostBytes} bytes`);
  return text;
}

/** Parses evidence.json. Throws EVIDENCE_MISSING. */
function parse(dir: string, text: string): Evidence {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unreadable(dir, 'is damaged: it is not JSON', cause);
  }
  const parsed = evidenceSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw unreadable(dir, `is damaged, or of another version: ${where}: ${issue?.message ?? ''}`);
}

/** Tells whether a run is sealed, without checking the seal. */
export async function isSealed(dir: string): Promise<boolean> {
  return (await kindAt(join(dir, RUN_FILES.evidence))) !== undefined;
}

/**
 * Reads the seal of a run; undefined if it has none. Rejects with EVIDENCE_MISSING if it cannot be read as a seal,
 * FILE_NOT_YOURS or DISK.
 */
export async function readSeal(dir: string): Promise<ReadSeal | undefined> {
  if (!(await isSealed(dir))) return undefined;
  try {
    const text = await readBounded(dir, RUN_FILES.evidence, MOST_BYTES);
    const evidence = parse(dir, text);
    const isSigned = (await kindAt(join(dir, RUN_FILES.signature))) !== undefined;
    const signature = isSigned
      ? await readBounded(dir, RUN_FILES.signature, MOST_SIGNATURE_BYTES)
      : undefined;
    return { evidence, text, signature };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw diskError(`read the seal in ${dir}`, error);
  }
}

/** Formats evidence.json. */
export function textOf(evidence: Evidence): string {
  return `${JSON.stringify(evidence, null, 2)}\n`;
}

/** Writes a seal, completely or not at all. Rejects with DISK. */
export async function writeSeal(
  dir: string,
  { text, signature }: { readonly text: string; readonly signature: string | undefined },
  nowMs: number,
): Promise<void> {
  const failed = (cause: unknown) => diskError(`write the seal in ${dir}`, cause);
  await withStagedFiles(dir, { nowMs, failed }, async (create) => {
    const files = { [RUN_FILES.evidence]: text, [RUN_FILES.signature]: signature };
    for (const [name, content] of Object.entries(files)) {
      if (content === undefined) continue;
      const file = await create(name);
      await file.write(Buffer.from(content, 'utf8'));
      await file.finish();
    }
  });
}
