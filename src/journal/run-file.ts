import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { ACTIONS } from '../domain/action.ts';
import { AppError } from '../domain/app-error.ts';
import { EXIT } from '../domain/exit-code.ts';
import type { RunFile } from '../domain/run-file.ts';
import { syncDirectory } from './append-file.ts';
import { diskError, systemCode } from './disk-error.ts';

const FILE_MODE = 0o600;
const FORMAT = 1;

const count = z.int().nonnegative();
const countBy = z.record(z.string(), count);

const verdict = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('act') }),
  z.object({ kind: z.literal('skip'), reason: z.string(), detail: z.string().optional() }),
]);

const preview = z.object({
  rows: count,
  targets: count,
  skipped: countBy,
  statusByProvider: z.record(z.string(), countBy),
  sample: z.array(
    z.object({
      row: count,
      input: z.string(),
      userId: z.string().optional(),
      login: z.string().optional(),
      status: z.string().optional(),
      verdict,
    }),
  ),
  calls: z.array(z.string()),
  warnings: z.array(z.object({ code: z.string(), text: z.string(), rows: count.optional() })),
  estimate: z.object({
    calls: count,
    durationMs: z.number().optional(),
    limitPerWindow: z.number().optional(),
    windowMs: z.number(),
    ratePercent: z.number(),
  }),
  reads: count,
});

const runFile = z.object({
  format: z.literal(FORMAT),
  toolVersion: z.string(),
  runId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/),
  createdAt: z.iso.datetime(),
  origin: z.url({ protocol: /^https?$/ }),
  host: z.string().min(1),
  orgId: z.string(),
  principal: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('user'), id: z.string(), login: z.string() }),
    z.object({ kind: z.literal('app'), clientId: z.string() }),
    z.object({ kind: z.literal('unknown') }),
  ]),
  spec: z.object({
    action: z.enum(ACTIONS),
    sendEmail: z.boolean(),
    revokeSessions: z.boolean(),
    revokeTokens: z.boolean(),
  }),
  policy: z.object({
    includeStatus: z.array(z.string()),
    includeProvider: z.array(z.string()),
    includeAdmins: z.boolean(),
    resend: z.boolean(),
    sinceMs: z.number().optional(),
    lookup: z.boolean(),
  }),
  selection: z.array(z.string()),
  planDigest: z.string().regex(/^[0-9a-f]{64}$/),
  rows: count,
  targets: count,
  columns: z.array(z.string()),
  parentRunId: z.string().optional(),
  parentRunIds: z.array(z.string()).optional(),
  preview,
});

/** Writes run.json, 0600: whole or not at all, durable when it resolves. Errors: `AppError` DISK. */
export async function writeRunFile(path: string, run: RunFile): Promise<void> {
  try {
    await writeFileAtomic(path, `${JSON.stringify(run, null, 2)}\n`, { mode: FILE_MODE });
    await syncDirectory(dirname(path));
  } catch (error) {
    throw diskError(`write ${path}`, error, EXIT.usage);
  }
}

function damaged(path: string, problem: string, cause?: unknown): AppError {
  return new AppError('RUN_DAMAGED', `${path} is damaged: ${problem}.`, {
    hint: 'Restore it from a copy of the run directory. Without it the run cannot be continued; start a new one.',
    exitCode: EXIT.input,
    cause,
  });
}

function formatOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'format' in value
    ? value.format
    : undefined;
}

/**
 * Reads run.json and checks every field. Errors: `AppError` RUN_NOT_FOUND, RUN_FORMAT (another version of the
 * product wrote it), RUN_DAMAGED.
 */
export async function readRunFile(path: string): Promise<RunFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError(
      'RUN_NOT_FOUND',
      `Cannot read ${path} (${systemCode(cause) ?? 'unknown error'}).`,
      {
        hint: 'Name the folder that `plan` or `run` printed, or use `--last` for the newest run.',
        exitCode: EXIT.input,
        cause,
      },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(path, 'it is not JSON', cause);
  }
  const format = formatOf(value);
  if (typeof format === 'number' && format !== FORMAT) {
    throw new AppError(
      'RUN_FORMAT',
      `${path} has format ${format}; this version reads ${FORMAT}.`,
      {
        hint: 'Continue the run with the version of okta-reset that planned it (`toolVersion` in run.json).',
        exitCode: EXIT.input,
      },
    );
  }
  const parsed = runFile.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw damaged(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a run'}`);
  }
  // JSON leaves out what is undefined; the type says so by `| undefined`, the schema by `?`.
  return parsed.data as RunFile;
}
