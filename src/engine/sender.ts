import type { ActionSpec, Step } from '../domain/action.ts';
import type { Answer } from '../domain/call.ts';
import type { Clock } from '../domain/clock.ts';
import type { OrgWriter, StepEffect } from '../domain/org.ts';
import type { SecretSink } from '../domain/secret-sink.ts';
import type { User } from '../domain/user.ts';
import type { WriteEnd } from './attempt.ts';
import type { Halt } from './halt.ts';
import type { Mark } from './judgement.ts';
import type { Ledger } from './ledger.ts';
import type { Progress } from './progress.ts';

export interface SenderParts {
  readonly writer: OrgWriter;
  readonly secrets: SecretSink | undefined;
  readonly clock: Clock;
  readonly spec: ActionSpec;
  readonly ledger: Ledger;
  readonly halt: Halt;
}

/** A write that came to an end, and the row with its attempt. */
export interface Sent {
  readonly progress: Progress;
  readonly end: WriteEnd;
}

/** A read of a row's user. */
export interface UserRead {
  readonly answer: Answer<User>;
  /** When it began, by the org's clock: what it shows is no older. */
  readonly atMs: number;
}

/** Ends of calls that the org had no part in: a stop held them back, a token had to be renewed first. */
const OUR_OWN: ReadonlySet<string> = new Set(['ABORTED', 'TOKEN_RENEWED']);

/** Sends single calls: writes with their attempt on disk before them and their secret on disk after them, and reads. */
export class Sender {
  readonly #parts: SenderParts;
  #silentCalls = 0;
  #silentWrites = 0;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Calls in a row, of whatever rows, that brought no answer of Okta's. */
  get silentCalls(): number {
    return this.#silentCalls;
  }

  /** Writes in a row, of whatever rows, that brought no answer of Okta's. */
  get silentWrites(): number {
    return this.#silentWrites;
  }

  /** The org's clock; ours before its first answer. Epoch milliseconds. */
  orgNowMs(): number {
    const { writer, clock } = this.#parts;
    return writer.serverNowMs() ?? clock.nowMs();
  }

  /**
   * Sends a step. Returns undefined where the run stopped first: nothing was sent then, or the attempt stays pending in
   * the journal for the next sitting to settle.
   */
  async send(progress: Progress, step: Step): Promise<Sent | undefined> {
    const { writer, spec, halt } = this.#parts;
    let row = progress;
    let answer: Answer<StepEffect>;
    try {
      answer = await writer.write(
        {
          step,
          userId: progress.target.userId,
          sendEmail: spec.sendEmail,
          revokeSessions: spec.revokeSessions,
          beforeSend: async () => {
            row = await this.#record(progress, step);
          },
        },
        halt.stopping,
      );
    } catch (error) {
      if (halt.isStopped()) return undefined;
      throw error;
    }
    this.#silentWrites = this.#hear(answer) ?? this.#silentWrites;
    if (answer.kind === 'failed') return { progress: row, end: answer };
    const { call, value } = answer;
    if (value.kind !== 'secret')
      return { progress: row, end: { kind: 'ok', effect: value.kind, call } };
    const kept = await this.#keep(row, value);
    if (kept === undefined) return undefined;
    return { progress: row, end: { kind: 'ok', effect: value.kind, call: { ...call, kept } } };
  }

  /** Reads a row's user. Returns undefined where the run was left meanwhile. */
  async read(progress: Progress): Promise<UserRead | undefined> {
    const { writer, halt } = this.#parts;
    const atMs = this.orgNowMs();
    try {
      const answer = await writer.user(progress.target.userId, halt.leaving);
      this.#hear(answer);
      return { answer, atMs };
    } catch (error) {
      if (halt.isLeft()) return undefined;
      throw error;
    }
  }

  async #record(progress: Progress, step: Step): Promise<Progress> {
    const { ledger } = this.#parts;
    const at = ledger.now();
    const mark: Mark = {
      step,
      attempt: progress.attempts + 1,
      serverTimeMs: this.orgNowMs(),
      before: progress.before,
    };
    const { row, userId } = progress.target;
    await ledger.attempt({ kind: 'attempt', at, row, userId, ...mark });
    return {
      ...progress,
      attempts: mark.attempt,
      startedAt: progress.startedAt ?? at,
      mark,
      firstMark: progress.firstMark ?? mark,
    };
  }

  /** Returns how the secret is kept, for the journal; undefined where the disk failed. */
  async #keep(
    progress: Progress,
    effect: Extract<StepEffect, { kind: 'secret' }>,
  ): Promise<string | undefined> {
    const { secrets, ledger } = this.#parts;
    if (secrets === undefined) throw new Error('A secret came back, and there is no place for it.');
    const { row, userId, login } = progress.target;
    const { what, secret } = effect;
    try {
      const at = ledger.now();
      return await secrets.put({
        row,
        userId,
        login,
        what,
        at,
        attempt: progress.attempts,
        secret,
      });
    } catch (error) {
      // The attempt stays pending: the next sitting finds it applied, and issues the lost secret again.
      ledger.die(error);
      return undefined;
    }
  }

  /**
   * Counts the calls in a row that brought no answer of Okta's: a page of a proxy is none. Returns the count that writes go
   * by; undefined for what we held back ourselves, which says nothing of the org.
   */
  #hear(answer: Answer<unknown>): number | undefined {
    const { failure } = answer.kind === 'ok' ? { failure: undefined } : answer;
    if (failure?.kind === 'transport' && OUR_OWN.has(failure.code)) return undefined;
    const silent =
      failure?.kind === 'transport' ||
      (failure?.kind === 'okta' &&
        failure.oktaCode === undefined &&
        failure.requestId === undefined);
    this.#silentCalls = silent ? this.#silentCalls + 1 : 0;
    return silent ? this.#silentWrites + 1 : 0;
  }
}
