import { DEFAULTS, FRESHNESS, patienceFor } from '../../../config/defaults.ts';
import type { PaceConfig } from '../../../config/pace.ts';
import type { ActionSpec } from '../../../domain/plan/action.ts';
import type { StopReason } from '../../../domain/run/stop.ts';
import type { EngineOptions, EnginePorts } from '../../../engine/run/options.ts';
import { runEngine, type Targets } from '../../../engine/run/run-engine.ts';
import { spacingMs } from '../../../pacing/own-pace.ts';
import { judgeLive } from '../../../plan/verdicts/live-judge.ts';
import type { AppContext } from '../../context.ts';
import { spareDone } from './spare-done.ts';
import type { Begun } from '../begin.ts';
import { canaryInspection } from './canary-links.ts';
import type { RunAtWork } from '../run-at-work.ts';
import type { Prepared } from '../prepare.ts';
import { goOnPort } from '../consent/run-consent.ts';
import { withinHours } from './within-hours.ts';

/** Rows prepared per connection: while one call is at Okta, the next two are written to disk. */
const READY_PER_CONNECTION = 2;

/**
 * Returns how many rows are in progress at once. At a slow pace, only as many as get their turn while their read is recent,
 * because others would be read again and again. Few if factors are removed before a reset, because a user who waits for the
 * org's limit between the two has neither factors nor a new password.
 */
export function placesOf(
  pace: Pick<PaceConfig, 'concurrency' | 'perMinute' | 'perHour'>,
  { resetFactors = false }: Pick<ActionSpec, 'resetFactors'>,
): Pick<EngineOptions, 'concurrency' | 'ready'> {
  const everyMs = spacingMs(pace);
  const fresh = everyMs === 0 ? Infinity : Math.max(1, Math.floor(FRESHNESS.readMs / 2 / everyMs));
  const most = resetFactors ? Math.min(fresh, DEFAULTS.rowsWithoutFactors) : fresh;
  const concurrency = Math.min(pace.concurrency, most);
  return { concurrency, ready: Math.min(READY_PER_CONNECTION * concurrency, most - concurrency) };
}

export interface Sent {
  readonly stop: StopReason | undefined;
  /** Whether the journal stored everything that was written to it. */
  readonly kept: boolean;
}

function optionsOf({ input, run }: RunAtWork, { waves, expired }: Prepared): EngineOptions {
  const { pace, guards } = input;
  const { maxRetries, maxDurationMs, timeoutMs } = pace;
  return {
    spec: run.spec,
    ...placesOf(pace, run.spec),
    maxRetries,
    waves: waves ?? [],
    maxFailures: guards.maxFailures,
    maxDurationMs,
    timeoutMs,
    patience: patienceFor(timeoutMs),
    freshness: FRESHNESS,
    settleOnly: expired,
  };
}

function portsOf(
  { input, run, replay }: RunAtWork,
  { waves = [], connection, protecting, protectedUsers }: Prepared,
  { journal, sink }: Begun,
  context: AppContext,
): EnginePorts {
  const { host, interrupt, emit, caughtUp } = context;
  const terms = { action: run.spec.action, policy: run.policy, protectedUsers };
  const canaryTerms = {
    ...protecting,
    waitMs: input.guards.canaryWaitMs,
  };
  return {
    writer: withinHours(connection.writer, input.pace.between, context),
    journal,
    secrets: sink,
    state: replay,
    judge: {
      lookup: run.policy.lookup,
      skipReason: (target, user, ownUntilMs) => judgeLive(target, user, ownUntilMs, terms),
    },
    clock: host.clock,
    random: host.random,
    emit,
    ...canaryInspection(canaryTerms, context),
    caughtUp,
    drain: interrupt.drain,
    signal: interrupt.leave,
    traffic: connection.traffic,
    ...(protecting.later > 0
      ? goOnPort({ ask: input.askToGoOn, run, replay, waves }, context)
      : {}),
  };
}

/** Sends what the plan says, and closes the journal. Rejects for bugs, after calls in flight are settled. */
export async function send(
  work: RunAtWork,
  prepared: Prepared,
  begun: Begun,
  context: AppContext,
): Promise<Sent> {
  const { plan, replay } = work;
  const { repeats, expired, log, pauses } = prepared;
  const { journal } = begun;
  let stop: StopReason | undefined;
  let kept = false;
  try {
    pauses.keepIn(journal);
    const skipping = {
      journal,
      state: replay,
      nowMs: context.host.clock.nowMs,
      emit: context.emit,
    };
    const targets: Targets = (signal) => {
      const planned = plan.targets(replay.ended);
      return expired === undefined ? spareDone(planned, repeats, { ...skipping, signal }) : planned;
    };
    const ports = portsOf(work, prepared, begun, context);
    const end = await runEngine(targets, optionsOf(work, prepared), ports);
    stop = end.stop;
    log.info({ stop: stop?.kind, ...end.counts }, 'run ended');
  } finally {
    kept = await begun.close();
  }
  return { stop, kept };
}
