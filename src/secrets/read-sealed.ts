import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { armor, type Decrypter } from 'age-encryption';
import { z } from 'zod';
import { AppError } from '../domain/app-error.ts';
import { EXIT } from '../domain/exit-code.ts';
import type { SecretRecord } from '../domain/secret-sink.ts';
import { parseIdentities } from './identity.ts';
import { Secret } from './secret.ts';

/** So many records that do not open, and none that does: the key is the wrong one. */
const WRONG_KEY_AFTER = 50;

const sealedLine = z.object({
  row: z.int().positive(),
  userId: z.string(),
  login: z.string().optional(),
  what: z.enum(['temp-password', 'reset-link']),
  at: z.string(),
  attempt: z.int().positive(),
  age: z.string().optional(),
  secret: z.string().optional(),
});

type SealedLine = z.infer<typeof sealedLine>;

/** A temporary password or reset link, opened. */
export interface OpenedSecret extends Omit<SecretRecord, 'secret'> {
  readonly secret: Secret;
}

/** The secrets of a run, one per user: the last that was issued. */
export interface OpenedSecrets extends AsyncIterable<OpenedSecret> {
  /** Records that could not be read or opened; complete when the iteration has ended. */
  readonly unreadable: () => number;
}

function identityError(message: string, hint: string, cause?: unknown): AppError {
  return new AppError('SECRETS_IDENTITY', message, { hint, exitCode: EXIT.usage, cause });
}

async function* wholeLines(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path, { encoding: 'utf8' });
  let rest = '';
  try {
    for await (const chunk of stream as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      // What stands after the last newline was never durable: no outcome speaks of it.
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (cause) {
    throw new AppError('RUN_NOT_FOUND', `Cannot read ${path}.`, {
      hint: 'Only runs that bring back passwords or links (`--action temp-password`, `--no-send-email`) have this file.',
      exitCode: EXIT.input,
      cause,
    });
  }
}

function parseLine(text: string): SealedLine | undefined {
  try {
    return sealedLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function open(line: SealedLine, decrypter: Decrypter): Promise<Secret | undefined> {
  try {
    return new Secret(await decrypter.decrypt(armor.decode(line.age ?? ''), 'text'));
  } catch {
    // Damaged, or sealed for another key: the count says how many, the caller tells which of the two.
    return undefined;
  }
}

class SealedReader implements OpenedSecrets {
  readonly #path: string;
  readonly #decrypter: Decrypter | undefined;
  #unreadable = 0;

  constructor(path: string, decrypter: Decrypter | undefined) {
    this.#path = path;
    this.#decrypter = decrypter;
  }

  unreadable(): number {
    return this.#unreadable;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<OpenedSecret> {
    this.#unreadable = 0;
    const last = await this.#lastOfEachUser();
    let number = 0;
    let opened = 0;
    let closed = 0;
    for await (const text of wholeLines(this.#path)) {
      number += 1;
      if (!last.has(number)) continue;
      const line = parseLine(text);
      if (line === undefined) continue;
      const secret = await this.#reveal(line);
      if (secret === undefined) {
        this.#unreadable += 1;
        if (line.age !== undefined) closed += 1;
        if (opened === 0 && closed >= WRONG_KEY_AFTER) break;
        continue;
      }
      opened += 1;
      const { row, userId, login, what, at, attempt } = line;
      yield { row, userId, login, what, at, attempt, secret };
    }
    if (opened === 0 && closed > 0) {
      throw identityError(
        'None of the secrets opens with this identity.',
        'Use the identity file whose `# public key:` was given as `--secrets-recipient` to the run.',
      );
    }
  }

  async #reveal(line: SealedLine): Promise<Secret | undefined> {
    if (line.secret !== undefined) return new Secret(line.secret);
    if (line.age === undefined) return undefined;
    if (this.#decrypter === undefined) {
      throw identityError(
        'The secrets of this run are sealed; an identity is needed to open them.',
        'Give `--identity FILE`: the file that `okta-reset secrets keygen --out FILE` wrote.',
      );
    }
    return open(line, this.#decrypter);
  }

  /** The numbers of the lines that hold the valid secret of a user; counts lines that are none. */
  async #lastOfEachUser(): Promise<ReadonlySet<number>> {
    const lastOf = new Map<string, { number: number; row: number; attempt: number }>();
    let number = 0;
    for await (const text of wholeLines(this.#path)) {
      number += 1;
      const line = parseLine(text);
      if (line === undefined) {
        this.#unreadable += 1;
        continue;
      }
      const { userId, row, attempt } = line;
      const before = lastOf.get(userId);
      if (before?.row === row && before.attempt > attempt) continue;
      lastOf.set(userId, { number, row, attempt });
    }
    return new Set([...lastOf.values()].map((last) => last.number));
  }
}

/**
 * Reads secrets.jsonl with the text of an identity file (undefined for a run with `--secrets-plaintext`). The iteration
 * gives one secret per user, the last that was issued: an older one no longer works, so one whose last record does not
 * open is counted and left out. Errors: `AppError` SECRETS_IDENTITY; RUN_NOT_FOUND where the run kept no secrets.
 */
export function readSealed(path: string, identity: string | undefined): OpenedSecrets {
  return new SealedReader(path, identity === undefined ? undefined : parseIdentities(identity));
}

/** How a run keeps its secrets: not at all, sealed (some of them at least), or in clear. */
export type SecretsKind = 'none' | 'sealed' | 'plaintext';

/** Tells how the secrets of a secrets.jsonl are kept; a file that is not there keeps none. */
export async function kindOfSecrets(path: string): Promise<SecretsKind> {
  // A device in its place may never end.
  const isFile = await stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
  let kind: SecretsKind = 'none';
  if (!isFile) return kind;
  try {
    for await (const line of wholeLines(path)) {
      if (line.includes('"age":"')) return 'sealed';
      kind = 'plaintext';
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return kind;
}
