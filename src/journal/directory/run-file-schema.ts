import { z } from 'zod';
import { ACTION_NAMES, STEP_ORDERS } from '../../domain/plan/action.ts';
import { RUN_FORMATS } from '../../domain/run/run-format.ts';

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
    windowAssumed: z.boolean().optional(),
    ratePercent: z.number(),
    doubtMs: z.number().optional(),
  }),
  reads: count,
});

/** What run.json must contain. */
export const runFileSchema = z.object({
  format: z.literal(RUN_FORMATS),
  toolVersion: z.string(),
  runId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/),
  createdAt: z.iso.datetime(),
  serverTimeMs: z.number().optional(),
  origin: z.url({ protocol: /^https?$/ }),
  host: z.string().min(1),
  orgId: z.string(),
  principal: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('user'), id: z.string(), login: z.string() }),
    z.object({ kind: z.literal('app'), clientId: z.string() }),
    z.object({ kind: z.literal('unknown') }),
  ]),
  spec: z.object({
    action: z.enum(ACTION_NAMES),
    sendEmail: z.boolean(),
    revokeSessions: z.boolean(),
    revokeTokens: z.boolean(),
    resetFactors: z.boolean().optional(),
    order: z.enum(STEP_ORDERS).optional(),
  }),
  policy: z.object({
    includeStatus: z.array(z.string()),
    includeProvider: z.array(z.string()),
    includeAdmins: z.boolean(),
    resend: z.boolean(),
    sinceMs: z.number().optional(),
    excludedGroups: z.array(z.string()).optional(),
    lookup: z.boolean(),
    again: z.boolean().optional(),
  }),
  selection: z.array(z.string()),
  planDigest: z.string().regex(/^[0-9a-f]{64}$/),
  rows: count,
  targets: count,
  columns: z.array(z.string()),
  parentRunId: z.string().optional(),
  parentRunIds: z.array(z.string()).optional(),
  parents: z
    .array(
      z.object({
        runId: z.string(),
        dir: z.string(),
        records: count,
        left: count,
        taken: count.optional(),
      }),
    )
    .optional(),
  recipients: z.array(z.string().regex(/^age1[a-z0-9]+$/)).optional(),
  preview,
});
