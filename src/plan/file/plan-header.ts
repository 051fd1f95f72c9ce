import { z } from 'zod';
import { ACTION_NAMES, STEP_ORDERS } from '../../domain/plan/action.ts';
import type { PlanHeader } from '../../domain/plan/plan.ts';
import { RUN_FORMATS } from '../../domain/run/run-format.ts';

const HEADER = z.object({
  format: z.literal(RUN_FORMATS),
  runId: z.string().min(1),
  createdAt: z.iso.datetime(),
  orgId: z.string(),
  host: z.string().min(1),
  spec: z.object({
    action: z.enum(ACTION_NAMES),
    sendEmail: z.boolean(),
    revokeSessions: z.boolean(),
    revokeTokens: z.boolean(),
    resetFactors: z.boolean().optional(),
    order: z.enum(STEP_ORDERS).optional(),
  }),
});

export type ReadHeader =
  | { readonly kind: 'header'; readonly header: PlanHeader }
  /** A plan of another version of okta-reset. */
  | { readonly kind: 'other-format'; readonly format: number }
  | { readonly kind: 'damaged' };

/** Reads the first line of plan.jsonl. */
export function readPlanHeader(text: string): ReadHeader {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'damaged' };
  }
  const read = HEADER.safeParse(value);
  if (read.success) return { kind: 'header', header: read.data };
  const format = z.object({ format: z.number() }).safeParse(value);
  return format.success && !RUN_FORMATS.some((known) => known === format.data.format)
    ? { kind: 'other-format', format: format.data.format }
    : { kind: 'damaged' };
}
