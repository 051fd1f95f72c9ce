import { isBound, type ActionSpec } from '../../domain/plan/action.ts';
import type { Step } from '../../domain/plan/step.ts';
import type { Answer } from '../../domain/row/call.ts';
import type { Clock } from '../../domain/clock.ts';
import type { OrgWriter, StepEffect } from '../../domain/org/org.ts';
import type { SecretSink } from '../../domain/secret-sink.ts';
import type { WriteEnd } from './answered.ts';
import type { Halt } from '../run/halt.ts';
import type { Mark, Shown } from '../doubt/judgement.ts';
import { readShown } from '../doubt/read-user.ts';
import type { Ledger } from '../run/ledger.ts';
import { looked, unseen } from './look.ts';
import type { Look } from './look.ts';
import type { Freshness, TargetJudge } from '../run/options.ts';
import { ageMs, pendingMark, type ActiveRow, type Moment } from './active-row.ts';
import type { Circumstances } from './transition.ts';

export interface SenderParts {
  readonly writer: OrgWriter;
  readonly secrets: SecretSink | undefined;
  readonly clock: Clock;
  readonly spec: ActionSpec;
  readonly ledger: Ledger;
  readonly halt: Halt;
  readonly judge: TargetJudge | undefined;
  readonly freshness: Freshness;
}

/** A write that has ended, and the row with its attempt. */
export interface Sent {
  readonly kind: 'sent';
  readonly row: ActiveRow;
  readonly end: WriteEnd;
}

/** The result of reading the user of a row. */
export interface UserRead {
  readonly answer: Answer<Shown>;
  /** When the read began, by the org's clock: its result is at least this recent. */
  readonly atMs: number;
}

/** What a call depended on became too old while it waited for its turn. Nothing was sent. */
class TooOld extends Error {
  readonly row: ActiveRow;

  constructor(row: ActiveRow) {
    super('What the call was to leave on is too old.');
    this.name = 'TooOld';
    this.row = row;
  }
}

/**
 * Why calls end without an answer from the org for reasons of our own: a stop held them back, or a token had to be renewed
 * first.
 */
const OUR_OWN: ReadonlySet<string> = new Set(['ABORTED', 'TOKEN_RENEWED']);

/** Sends single calls: writes, with their attempt on disk before and their secret on disk after; and reads. */
export class Sender {
  readonly #parts: SenderParts;
  #silentCalls = 0;
  #silentWrites = 0;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Consecutive calls, of any rows, without an answer from Okta. */
  get silentCalls(): number {
    return this.#silentCalls;
  }

  /** Consecutive writes, of any rows, without an answer from Okta. */
  get silentWrites(): number {
    return this.#silentWrites;
  }

  /** The org's clock, or ours before the first answer. Epoch milliseconds. */
  orgNowMs(): number {
    const { writer, clock } = this.#parts;
    return writer.serverNowMs() ?? clock.nowMs();
  }

  /**
   * Sends a step, whose user was read recently at the time the call leaves. Returns a different result if the user must not
   * be acted on, and undefined if the run stopped first: then nothing was sent, or the attempt stays pending in the journal
   * for the next invocation to settle.
   */
  async send(
    ready: ActiveRow,
    step: Step,
    around: Circumstances,
  ): Promise<Sent | Extract<Look, { kind: 'other' }> | undefined> {
    const { halt } = this.#parts;
    let row = ready;
    for (;;) {
      // This step must restore the protection that the one before it removed, so a stop waits for it.
      const signal = isBound(row.after, step) ? halt.leaving : halt.stopping;
      const look = await this.#look(row, around, signal);
      if (look?.kind !== 'go') return look;
      row = look.row;
      try {
        return await this.#write(row, step, signal);
      } catch (error) {
        if (error instanceof TooOld) {
          const mark = pendingMark(error.row);
          if (mark !== undefined) this.#notSent(error.row, mark);
          // The attempt counts, so that the next one gets a different number.
          row = { ...row, attempts: error.row.attempts, startedAt: error.row.startedAt };
          continue;
        }
        if (halt.isStopped()) return undefined;
        throw error;
      }
    }
  }

  /** Makes sure that the row's user was read within the last minute, and that the action applies to them. */
  async #look(
    row: ActiveRow,
    around: Circumstances,
    signal: AbortSignal,
  ): Promise<Look | undefined> {
    const { judge, writer, halt } = this.#parts;
    if (judge === undefined) return { kind: 'go', row };
    if (!judge.lookup) return unseen(row, judge);
    if (this.#isFresh(row)) return { kind: 'go', row };
    try {
      const answer = await writer.user(row.target.userId, signal);
      this.#hear(answer);
      const now = this.#now();
      // An answer shows the user as of when the read left, not when the answer came.
      const { durationMs } = answer.call;
      const seenAt = { monotonicMs: now.monotonicMs - durationMs, wallMs: now.wallMs - durationMs };
      return looked(row, answer, seenAt, judge, around);
    } catch (error) {
      if (halt.isStopped()) return undefined;
      throw error;
    }
  }

  async #write(ready: ActiveRow, step: Step, signal: AbortSignal): Promise<Sent | undefined> {
    const { writer, spec, freshness } = this.#parts;
    let row = ready;
    let writtenAt: Moment | undefined;
    const answer = await writer.write(
      {
        step,
        userId: ready.target.userId,
        sendEmail: spec.sendEmail,
        revokeSessions: spec.revokeSessions,
        ...(isBound(ready.after, step) ? { isBound: true } : {}),
        beforeSend: async () => {
          if (!this.#isFresh(row)) throw new TooOld(row);
          writtenAt = this.#now();
          row = await this.#record(ready, step);
        },
        atDeparture: () => {
          const stale =
            writtenAt !== undefined && ageMs(writtenAt, this.#now()) > freshness.attemptMs;
          if (stale || !this.#isFresh(row)) throw new TooOld(row);
        },
      },
      signal,
    );
    this.#silentWrites = this.#hear(answer) ?? this.#silentWrites;
    if (answer.kind === 'failed') return { kind: 'sent', row, end: answer };
    const { call, value } = answer;
    if (value.kind !== 'secret')
      return { kind: 'sent', row, end: { kind: 'ok', effect: value.kind, call } };
    const kept = await this.#keep(row, value);
    if (kept === undefined) return undefined;
    const end: WriteEnd = { kind: 'ok', effect: value.kind, call: { ...call, kept } };
    return { kind: 'sent', row, end };
  }

  #now(): Moment {
    const { clock } = this.#parts;
    return { monotonicMs: clock.monotonicMs(), wallMs: clock.nowMs() };
  }

  #isFresh({ looked: seenAt }: ActiveRow): boolean {
    const { judge, freshness } = this.#parts;
    if (judge?.lookup !== true) return true;
    return seenAt !== undefined && ageMs(seenAt, this.#now()) <= freshness.readMs;
  }

  /** Records that an attempt did not leave. */
  #notSent(row: ActiveRow, mark: Mark): void {
    const settled = { mark, effect: 'not-applied', reconciled: false, facts: {} } as const;
    this.#parts.ledger.settled(row, settled);
  }

  /** Reads the user of a row. Returns undefined if the run was left in the meantime. */
  async read(row: ActiveRow): Promise<UserRead | undefined> {
    const { writer, halt } = this.#parts;
    const atMs = this.orgNowMs();
    try {
      const mark = pendingMark(row) ?? row.tries.firstMark;
      const answer = await readShown(writer, row.target.userId, mark, halt.leaving);
      this.#hear(answer);
      return { answer, atMs };
    } catch (error) {
      if (halt.isLeft()) return undefined;
      throw error;
    }
  }

  async #record(ready: ActiveRow, step: Step): Promise<ActiveRow> {
    const { ledger } = this.#parts;
    const at = ledger.now();
    const { tries, target, before } = ready;
    const mark: Mark = {
      step,
      attempt: ready.attempts + 1,
      serverTimeMs: this.orgNowMs(),
      before,
    };
    const { row, userId } = target;
    await ledger.attempt({ kind: 'attempt', at, row, userId, ...mark });
    return {
      ...ready,
      state: { kind: 'sent', mark },
      tries: { ...tries, firstMark: tries.firstMark ?? mark },
      attempts: mark.attempt,
      ownUntilMs: Infinity,
      startedAt: ready.startedAt ?? at,
    };
  }

  /** Stores a secret. Returns how it is stored, for the journal; undefined if the disk failed. */
  async #keep(
    { target, attempts }: ActiveRow,
    effect: Extract<StepEffect, { kind: 'secret' }>,
  ): Promise<string | undefined> {
    const { secrets, ledger } = this.#parts;
    if (secrets === undefined) throw new Error('A secret came back, and there is no place for it.');
    const { row, userId, login } = target;
    const { what, secret } = effect;
    try {
      const at = ledger.now();
      return await secrets.put({
        row,
        userId,
        login,
        what,
        at,
        attempt: attempts,
        secret,
      });
    } catch (error) {
      // The attempt stays pending. The next invocation finds that it was applied, and issues a new secret for the lost one.
      ledger.die(error);
      return undefined;
    }
  }

  /**
   * Counts consecutive calls without an answer from Okta; a proxy's page is not one. Returns the count that applies to
   * writes; undefined for a call that we held back, which says nothing about the org.
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
