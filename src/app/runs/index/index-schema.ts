import { z } from 'zod';

const count = z.int().nonnegative();
const tie = { runId: z.string(), dir: z.string(), rows: count };

/** The first line of index.jsonl. */
export const indexHeader = z.object({ format: z.literal(1), runId: z.string() });

/** A line of index.jsonl that says how far the journal was read. */
export const indexCheckpoint = z.object({
  bytes: count,
  records: count,
  link: z.string().regex(/^[0-9a-f]{64}$/),
  counts: z.object({ succeeded: count, skipped: count, failed: count, unknown: count }),
  begun: z.array(z.tuple([count, z.string(), z.number(), z.number(), z.boolean()])),
  invocations: count,
  closed: z.boolean(),
  stop: z.looseObject({ kind: z.string() }).optional(),
  firstAt: z.string().optional(),
  lastAt: z.string().optional(),
  handedOver: z.object({ kind: z.literal('handed-over'), ...tie }).optional(),
  takenUp: z.array(z.object({ kind: z.literal('taken-up'), ...tie })),
});
