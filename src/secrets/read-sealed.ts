/**
 * Reads secrets.jsonl back.
 *
 * A record is returned only if the journal says that it is valid: its sealed bytes have the digest in the journal, and the
 * user, run and attempt inside the seal are the same as outside. A record of 0.1.0, whose journal has no digest, is returned
 * as unbound: its attempt must be the one in the journal, and no other record can claim to be the same.
 */
import { armor, type Decrypter } from 'age-encryption';
import { AppError } from '../domain/codes/app-error.ts';
import { KEPT_IN_CLEAR, type SecretMention, type SecretRecord } from '../domain/secret-sink.ts';
import { parseBoundText } from './bound-text.ts';
import { boundedLines } from './bounded-lines.ts';
import { digestOf, parseSealedLine, type SealedLine } from './sealed-line.ts';
import { Secret } from './secret.ts';

/**
 * Why a record is not returned:
 * - `unreadable`: it is not a record, or its seal is damaged
 * - `not-in-journal`: it is not in the journal; there was a crash before that, or somebody added it
 * - `changed`: the journal has other sealed bytes for this attempt
 * - `in-clear`: it is not sealed, in a run that seals
 * - `of-another`: its content belongs to another user, run or attempt
 * - `claimed-twice`: several records claim to be the same, and nothing shows which one is
 */
export type Refusal =
  'unreadable' | 'not-in-journal' | 'changed' | 'in-clear' | 'of-another' | 'claimed-twice';

/** The result of reading a record of secrets.jsonl. */
export type SealedFinding =
  | (Omit<SecretRecord, 'secret' | 'at'> & {
      readonly kind: 'opened';
      readonly secret: Secret;
      /** Whether user, run and attempt were inside the seal. */
      readonly bound: boolean;
    })
  /** No identity opens it. `recipients` are those that it is sealed to; empty if that is not recorded. */
  | {
      readonly kind: 'closed';
      readonly row: number;
      readonly recipients: readonly string[];
      /** Whether its bytes match the journal, so that it is not damaged. */
      readonly whole: boolean;
    }
  /** `line` is its 1-based number in the file. */
  | {
      readonly kind: 'refused';
      readonly row: number | undefined;
      readonly line: number;
      readonly why: Refusal;
    };

/** What a run says about its secrets. */
export interface SealedRun {
  readonly runId: string;
  /** Whether it was planned by 0.1.0, so that its journal might have no digests. */
  readonly isOld: boolean;
  /** The recipients that it seals to, if it records any. If there are any, it stores nothing unsealed. */
  readonly recipients: readonly string[];
  /** The only row to read; undefined for all of them. */
  readonly only?: number | undefined;
  /** Returns the valid secret of a row; undefined if the journal has none. */
  readonly mentionOf: (row: number) => SecretMention | undefined;
}

type Unbound = 'sealed' | 'clear';

async function* linesOf(path: string): AsyncGenerator<string | undefined> {
  try {
    yield* boundedLines(path);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('RUN_NOT_FOUND', `Cannot read ${path}.`, {
      hint: 'Check the permissions of the file, or restore it from a copy of the run directory.',
      cause,
    });
  }
}

async function reveal(age: string, decrypters: readonly Decrypter[]): Promise<string | undefined> {
  const sealed = armor.decode(age);
  for (const decrypter of decrypters) {
    try {
      return await decrypter.decrypt(sealed, 'text');
    } catch {
      // It is sealed to another key or damaged, and the next identity might open it.
    }
  }
  return undefined;
}

class SealedReader {
  readonly #path: string;
  readonly #run: SealedRun;
  readonly #decrypters: readonly Decrypter[];
  /** Rows whose record was found. */
  readonly #found = new Set<number>();
  /** How many records of a row claim to be the one in the journal, if the journal has no digest. */
  readonly #claims = new Map<number, number>();
  #sealsAll: boolean;

  constructor(path: string, run: SealedRun, decrypters: readonly Decrypter[]) {
    this.#path = path;
    this.#run = run;
    this.#decrypters = decrypters;
    this.#sealsAll = run.recipients.length > 0;
  }

  async *read(): AsyncGenerator<SealedFinding> {
    await this.#survey();
    let number = 0;
    for await (const text of linesOf(this.#path)) {
      number += 1;
      const line = text === undefined ? undefined : parseSealedLine(text);
      if (line === undefined) {
        yield { kind: 'refused', row: undefined, line: number, why: 'unreadable' };
        continue;
      }
      const { only } = this.#run;
      if (only !== undefined && line.row !== only) continue;
      const found = await this.#judge(line);
      if (found === undefined) continue;
      yield typeof found === 'string'
        ? { kind: 'refused', row: line.row, line: number, why: found }
        : found;
    }
  }

  /** Counts what only the complete file shows. */
  async #survey(): Promise<void> {
    for await (const text of linesOf(this.#path)) {
      const line = text === undefined ? undefined : parseSealedLine(text);
      if (line === undefined) continue;
      if (line.age !== undefined) this.#sealsAll = true;
      const mention = this.#run.mentionOf(line.row);
      if (mention?.attempt !== line.attempt || isDigest(mention.kept)) continue;
      this.#claims.set(line.row, (this.#claims.get(line.row) ?? 0) + 1);
    }
  }

  /** Returns undefined for a record that a later one has replaced. */
  async #judge(line: SealedLine): Promise<SealedFinding | Refusal | undefined> {
    const { row, attempt, age } = line;
    const mention = this.#run.mentionOf(row);
    if (mention === undefined || attempt > mention.attempt) return 'not-in-journal';
    if (attempt < mention.attempt) return undefined;
    if (isDigest(mention.kept)) {
      if (age === undefined) return 'in-clear';
      if (digestOf(age) !== mention.kept) return 'changed';
      if (this.#found.has(row)) return 'claimed-twice';
      this.#found.add(row);
      return this.#open(line, age, true);
    }
    if (mention.kept === undefined && !this.#run.isOld) return 'not-in-journal';
    const kept: Unbound = age === undefined ? 'clear' : 'sealed';
    if (mention.kept === KEPT_IN_CLEAR && kept === 'sealed') return 'changed';
    if (mention.kept === undefined && kept === 'clear' && this.#sealsAll) return 'in-clear';
    if ((this.#claims.get(row) ?? 0) > 1) return 'claimed-twice';
    if (age !== undefined) return this.#open(line, age, false);
    if (line.secret === undefined) return 'unreadable';
    const { userId, login, what, secret } = line;
    return {
      kind: 'opened',
      row,
      userId,
      login,
      what,
      attempt,
      secret: new Secret(secret),
      bound: false,
    };
  }

  /** `whole`: its bytes match the journal. */
  async #open(line: SealedLine, age: string, whole: boolean): Promise<SealedFinding | Refusal> {
    const { row, userId, login, what, attempt, recipients = this.#run.recipients } = line;
    let text: string | undefined;
    try {
      text = await reveal(age, this.#decrypters);
    } catch {
      return 'unreadable';
    }
    if (text === undefined) return { kind: 'closed', row, recipients, whole };
    const bound = parseBoundText(text);
    if (bound === undefined) {
      if (whole) return 'of-another';
      const secret = new Secret(text);
      return { kind: 'opened', row, userId, login, what, attempt, secret, bound: false };
    }
    const isIts =
      bound.runId === this.#run.runId &&
      bound.row === row &&
      bound.userId === userId &&
      bound.what === what &&
      bound.attempt === attempt;
    if (!isIts) return 'of-another';
    // What is outside the seal could have been edited, so the login inside is the one that counts.
    const secret = new Secret(bound.secret);
    return { kind: 'opened', row, userId, login: bound.login, what, attempt, secret, bound: true };
  }
}

function isDigest(kept: string | undefined): boolean {
  return kept !== undefined && kept !== KEPT_IN_CLEAR;
}

/**
 * Reads secrets.jsonl record by record, in the order of the file. Each record is opened, sealed or refused; those that a
 * later one has replaced are left out. If one record does not open, the others are not affected. Rejects with RUN_NOT_FOUND
 * if the run stored no secrets.
 */
export function readSealed(
  path: string,
  run: SealedRun,
  decrypters: readonly Decrypter[],
): AsyncIterable<SealedFinding> {
  return new SealedReader(path, run, decrypters).read();
}

/** How a run stores its secrets: not at all, sealed (at least some of them), or unsealed. */
export type SecretsKind = 'none' | 'sealed' | 'plaintext';

/** Tells how the secrets in a secrets.jsonl are stored. A missing file stores none. */
export async function kindOfSecrets(path: string): Promise<SecretsKind> {
  let kind: SecretsKind = 'none';
  try {
    for await (const line of linesOf(path)) {
      if (line?.includes('"age":"') === true) return 'sealed';
      kind = 'plaintext';
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return kind;
}
