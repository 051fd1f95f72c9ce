import { DEFAULTS, patienceFor } from '../../config/defaults.ts';
import { producesSecrets } from '../../domain/plan/action.ts';
import type { Preview } from '../../domain/plan/preview.ts';
import type { PlanTally } from '../../plan/preview/plan-tally.ts';
import { makePreview } from '../../plan/preview/preview.ts';
import type { RepeatCounts } from '../../plan/verdicts/repeats.ts';
import { WRITE_BUCKET } from '../org/pacings.ts';
import { estimateMs } from './estimate.ts';
import type { Asked } from './ask-org.ts';
import type { PlanInput } from './plan-input.ts';

/** A typical time that Okta takes for a lifecycle call, from Okta's own example for concurrency. */
const USUAL_LATENCY_MS = 400;
/** A read of one user by id changes nothing and emails nobody, and takes about a third of that time. */
const USUAL_READ_MS = 150;

/** Makes the preview of a plan whose rows are judged. Rejects like the reads that it waits for. */
export async function previewOf(
  { spec, pace, secrets }: PlanInput,
  asked: Asked,
  tally: PlanTally,
  repeats: RepeatCounts,
): Promise<Preview> {
  const { identity, policy, reader } = asked;
  const lifetime = await asked.lifetime;
  const bucket = reader.limits().find((known) => known.bucket === WRITE_BUCKET);
  const { limit, windowMs = DEFAULTS.windowMs } = bucket ?? { limit: undefined };
  const { ratePercent, perMinute, perHour, concurrency } = pace;
  // Each call follows a read of its user.
  const latencyMs = USUAL_LATENCY_MS + (policy.lookup ? USUAL_READ_MS : 0);
  const isPaced = limit !== undefined || perMinute !== undefined || perHour !== undefined;
  const rules = { limit, windowMs, ratePercent, perMinute, perHour, latencyMs, concurrency };
  const { effectMs, readLagMs } = patienceFor(pace.timeoutMs);
  return makePreview({
    secretsPlaintext: secrets.plaintext && producesSecrets(spec),
    ...{ spec, policy, tally, repeats },
    protectedUsers: await asked.protectedUsers,
    linkLifetime: lifetime?.kind === 'ok' ? lifetime.value : undefined,
    engine: identity.engine,
    reads: asked.reads(),
    limitPerWindow: limit,
    windowMs,
    windowAssumed: bucket?.windowMs === undefined,
    ratePercent,
    doubtMs: effectMs + readLagMs,
    estimateMs: (calls) => (isPaced ? estimateMs({ ...rules, calls }) : undefined),
  });
}
