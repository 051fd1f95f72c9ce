import type { Clock } from '../../domain/clock.ts';
import type { OrgReader } from '../../domain/org/org.ts';
import { parseUserId } from '../../domain/org/user-id.ts';
import type { Emit } from '../../domain/run/event.ts';
import type { RunState, WaveRow } from '../../domain/run/journal-record.ts';
import type { CommonRefusal } from './common-refusal.ts';
import { readBack, type CanaryRow, type SeenUser } from './canary.ts';
import type { Halt } from './halt.ts';
import type { Ledger } from './ledger.ts';
import type { EngineOptions, EnginePorts, GoOn } from './options.ts';

export interface WavesParts {
  readonly options: Pick<EngineOptions, 'waves' | 'patience' | 'concurrency'>;
  readonly state: RunState;
  readonly org: Pick<OrgReader, 'user' | 'factors' | 'serverNowMs'>;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly halt: Halt;
  readonly ledger: Ledger;
  readonly refusals: CommonRefusal;
  readonly inspectCanary: EnginePorts['inspectCanary'] | undefined;
  readonly goOn: EnginePorts['goOn'] | undefined;
  /** Begins up to this many rows. Resolves when they have ended or were given back. */
  readonly act: (rows: number) => Promise<void>;
  /** Tells whether rows are left to begin. */
  readonly isMore: () => Promise<boolean>;
}

/** Describes a row that an earlier invocation ended. */
function earlierRow({ row, outcome, reason, mark }: WaveRow): CanaryRow {
  const userId = mark === undefined ? undefined : parseUserId(mark.userId);
  return { row, userId, outcome, reason, mark };
}

/**
 * Acts on the first rows in waves. Each wave begins only after every row of the one before is read back and shows the effect
 * (or was accepted, if nothing can be read), and after a yes, if there is somebody to ask. Continues where earlier
 * invocations stopped. A wave with a row that failed, is unknown or shows no effect stops the run.
 */
export class Waves {
  readonly #parts: WavesParts;
  /** How many rows earlier invocations acted on. The counts of the state itself can change later. */
  readonly #before: number;

  constructor(parts: WavesParts) {
    this.#parts = parts;
    const { counts } = parts.state;
    this.#before = counts === undefined ? 0 : counts.succeeded + counts.failed + counts.unknown;
  }

  /** Resolves when the last wave is over, no rows are left, or the run stops. */
  async run(): Promise<void> {
    const { options, state, halt, isMore } = this.#parts;
    const begun = state.wavesVerified ?? 0;
    let rows: readonly WaveRow[] = state.waveRows ?? [];
    for (let wave = begun; wave < options.waves.length && !halt.isStopped(); wave += 1) {
      if (rows.length === 0 && !(await isMore())) return;
      await this.#wave(wave, rows.map(earlierRow));
      rows = [];
    }
  }

  async #wave(index: number, earlier: readonly CanaryRow[]): Promise<void> {
    const { options, halt, ledger, emit } = this.#parts;
    const { waves } = options;
    const wave = index + 1;
    const size = waves[index] ?? 0;
    const tell = (phase: 'started' | 'verified' | 'failed', rows: number) =>
      emit({ type: 'canary', phase, rows, wave, waves: waves.length });
    tell('started', size);
    const acted = await this.#act(size, earlier);
    if (halt.isStopped() || acted.length === 0) return;
    const seen: SeenUser[] = [];
    const detail = await this.#look(acted, seen).catch((error: unknown) => {
      if (!halt.isStopped()) throw error;
      return 'the run was stopped before it was read back';
    });
    // Not `stopped`: a stop after the last read does not undo what was seen.
    const phase = detail === undefined ? 'verified' : 'failed';
    if (phase === 'failed' && halt.isStopped()) return;
    tell(phase, acted.length);
    if (detail !== undefined) {
      halt.request({ kind: 'canary', detail, ...(index === 0 ? {} : { wave }) });
      return;
    }
    ledger.note({ kind: 'canary-verified', rows: acted.length, wave });
    await this.#ask(wave, seen);
  }

  /** Acts on the rest of a wave. Returns all its rows that ended, without skipped ones, which other rows replace. */
  async #act(size: number, earlier: readonly CanaryRow[]): Promise<readonly CanaryRow[]> {
    const { ledger, refusals, halt, act, isMore } = this.#parts;
    const acted = [...earlier];
    ledger.onEnded = ({ target, mainMark, tries }, { outcome, reason }) => {
      const { row, userId } = target;
      if (outcome === 'skipped') return;
      acted.push({ row, userId, outcome, reason, mark: mainMark ?? tries.firstMark });
    };
    while (acted.length < size && !halt.isStopped() && (await isMore())) {
      await act(size - acted.length);
      // If every canary row is refused in the same way, the credential can do nothing, which is a different problem from a
      // bad canary.
      refusals.condemn();
      await ledger.room(1);
    }
    ledger.onEnded = undefined;
    return acted;
  }

  /** Returns what is wrong with a wave; undefined if nothing is. Rejects if the run stops in the meantime. */
  async #look(rows: readonly CanaryRow[], seen: SeenUser[]): Promise<string | undefined> {
    const { org, clock, emit, halt, inspectCanary, isMore } = this.#parts;
    const { patience, concurrency } = this.#parts.options;
    const signal = halt.stopping;
    const onSeen = (user: SeenUser) => seen.push(user);
    const wrong = await readBack(rows, org, { clock, patience, emit, concurrency, signal, onSeen });
    if (wrong !== undefined || inspectCanary === undefined || !(await isMore())) return wrong;
    return await inspectCanary(rows, signal);
  }

  /** Waits for the answer whether to continue, if there is somebody to ask. */
  async #ask(wave: number, seen: readonly SeenUser[]): Promise<void> {
    const { goOn, ledger, halt, isMore } = this.#parts;
    if (goOn === undefined || !(await isMore())) return;
    const { succeeded, skipped, failed, unknown } = ledger.counts;
    const acted = succeeded + failed + unknown;
    const asked = goOn({ wave, seen, ended: acted + skipped }, halt.stopping);
    const answer = await asked.catch((error: unknown): GoOn => {
      if (!halt.isStopped()) throw error;
      return 'stop';
    });
    if (halt.isStopped()) return;
    const done = this.#before + acted;
    switch (answer) {
      case 'stop':
        halt.request({ kind: 'declined', done });
        return;
      case 'next-wave':
        ledger.note({ kind: 'wave-consented', wave: wave + 1 });
        return;
      case 'to-the-end':
        ledger.note({ kind: 'consented', rows: done });
        return;
      default: {
        const never: never = answer;
        return never;
      }
    }
  }
}
