import { BUCKET_PATHS, type Admission, type BucketName } from '../org/buckets.ts';
import type { Principal } from '../oauth/credentials.ts';
import type { LimitDetail, LogEventType } from '../org/log/system-log.ts';

/**
 * What the System Log says about the first refusal of a window: it exceeded the org's own limit, or one credential's share
 * of it.
 */
export function violation(
  whose: 'token' | 'org',
  principal: Pick<Principal, 'kind'>,
  bucket: BucketName,
  rate: Pick<Admission, 'limit' | 'resetS'>,
  nowMs: number,
): readonly [LogEventType, LimitDetail] {
  const limit = {
    pattern: BUCKET_PATHS[bucket],
    threshold: rate.limit,
    secondsToReset: Math.max(0, rate.resetS - Math.floor(nowMs / 1000)),
  };
  if (whose === 'org') return ['system.org.rate_limit.violation', { ...limit, subtype: undefined }];
  const subtype = principal.kind === 'ssws' ? 'ssws_token' : 'oauth_client';
  return ['system.operation.rate_limit.violation', { ...limit, subtype }];
}

/** What the System Log says about a request beyond the concurrency limit. */
export function crowded(path: string, atOnce: number): LimitDetail {
  return { pattern: path, subtype: undefined, threshold: atOnce, secondsToReset: 0 };
}
