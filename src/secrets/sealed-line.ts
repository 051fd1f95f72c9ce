import { createHash } from 'node:crypto';
import { z } from 'zod';

const sealedLine = z.object({
  row: z.int().positive(),
  userId: z.string(),
  login: z.string().optional(),
  what: z.enum(['temp-password', 'reset-link']),
  at: z.string(),
  attempt: z.int().positive(),
  /** The recipients that it is sealed to, which 0.1.0 did not record. */
  recipients: z.array(z.string()).optional(),
  age: z.string().optional(),
  secret: z.string().optional(),
});

/** A line of secrets.jsonl. */
export type SealedLine = Readonly<z.infer<typeof sealedLine>>;

/** Parses a line to its record; undefined if it is not one. */
export function parseSealedLine(text: string): SealedLine | undefined {
  try {
    return sealedLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Returns the SHA-256 (hex) of sealed bytes, as the journal records it. `age` is their armored text. */
export function digestOf(age: string): string {
  return createHash('sha256').update(age).digest('hex');
}
