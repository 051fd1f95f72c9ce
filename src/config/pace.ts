import { DEFAULTS } from './defaults.ts';
import { group, one, type Values } from './flags/flag.ts';
import { duration, whole, type Kind } from './flags/kinds.ts';
import { namesTimeZone, workingHours } from './hours.ts';

const seconds = (ms: number) => `${ms / 1000}s`;

const percent: Kind<number> = {
  parse: (text, flag) => whole(1, 100).parse(text.replace(/%$/, ''), flag),
};

export const PACE = group('Pace', {
  concurrency: one(
    'concurrency',
    'N',
    `calls in flight at once (${DEFAULTS.concurrency})`,
    whole(1, 200),
    DEFAULTS.concurrency,
  ),
  ratePercent: one(
    'rate-share',
    'PCT',
    `percent of Okta’s rate limit to use (${DEFAULTS.ratePercent})`,
    percent,
    DEFAULTS.ratePercent,
  ),
  perMinute: one('per-minute', 'N', 'at most N users a minute', whole(1)),
  perHour: one(
    'per-hour',
    'N',
    'at most N users an hour (when the help desk is the limit)',
    whole(1),
  ),
  timeoutMs: one(
    'timeout',
    'TIME',
    `how long to wait for one answer (${seconds(DEFAULTS.timeoutMs)})`,
    duration,
    DEFAULTS.timeoutMs,
  ),
  maxRetries: one(
    'max-retries',
    'N',
    `retries after a fault (${DEFAULTS.maxRetries})`,
    whole(0, 100),
    DEFAULTS.maxRetries,
  ),
  maxDurationMs: one('max-duration', 'TIME', 'stop after this long; resume continues', duration),
  /** Hours of the day in which writes are sent; undefined for any hour. */
  between: {
    ...one('between', 'HH:MM-HH:MM [ZONE]', 'act only during these hours, and wait outside them', {
      parse: workingHours,
    }),
    tail: namesTimeZone,
  },
});

export type PaceConfig = Values<typeof PACE.flags>;
