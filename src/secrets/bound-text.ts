import { z } from 'zod';
import type { SecretRecord } from '../domain/secret-sink.ts';

const boundText = z.object({
  v: z.literal(1),
  runId: z.string(),
  row: z.int().positive(),
  userId: z.string(),
  login: z.string().optional(),
  what: z.enum(['temp-password', 'reset-link']),
  attempt: z.int().positive(),
  secret: z.string(),
});

/** A secret with the user, run and attempt that it belongs to, as it is sealed. */
export type BoundText = Readonly<z.infer<typeof boundText>>;

/** Returns the text that is sealed for a record: one line of JSON. */
export function boundTextOf(runId: string, record: SecretRecord): string {
  const { row, userId, login, what, attempt, secret } = record;
  const text: BoundText = {
    v: 1,
    runId,
    row,
    userId,
    login,
    what,
    attempt,
    secret: secret.reveal(),
  };
  return JSON.stringify(text);
}

/** Parses a text that was sealed; undefined if it is a bare secret, as sealed by 0.1.0. */
export function parseBoundText(text: string): BoundText | undefined {
  try {
    return boundText.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
