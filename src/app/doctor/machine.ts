import { join, resolve } from 'node:path';
import { freeBytes } from '../../disk/look.ts';
import { createOwnFile, mkdtemp, rm } from '../../disk/own-file.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import type { PaceConfig } from '../../config/pace.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { OrgReader } from '../../domain/org/org.ts';
import { estimateMs } from '../plan/estimate.ts';
import { WRITE_BUCKET } from '../org/pacings.ts';
import type { AppContext } from '../context.ts';
import { good, type Finding } from './finding.ts';

const CLOCK_TOLERANCE_MS = 5000;
const DISK_WANTED_BYTES = 200 * 1024 * 1024;
const REHEARSED_USERS = 10_000;

/** Tells whether a run has room in this folder. */
export function diskFinding(freeBytes: number, cwd: string): Finding {
  const found = `${Math.floor(freeBytes / 1024 / 1024)} MiB free for ${resolve(cwd, DEFAULTS.reportsDir)}`;
  if (freeBytes >= DISK_WANTED_BYTES) return good('disk', found);
  const hint = 'Make room, or choose another disk with --out DIR.';
  return { level: 'warning', subject: 'disk', found, hint };
}

/** Tries to write into the working folder, and checks the free space there. */
export async function checkDisk(context: AppContext): Promise<Finding> {
  const { cwd } = context.host;
  try {
    const dir = await mkdtemp(join(cwd, '.okta-reset-'));
    try {
      const probe = await createOwnFile(join(dir, 'probe'));
      await probe.writeFile('probe').finally(() => probe.close());
    } finally {
      await rm(dir, { recursive: true });
    }
    return diskFinding(await freeBytes(cwd), cwd);
  } catch {
    return {
      level: 'bad',
      subject: 'disk',
      found: `${cwd} cannot be written.`,
      hint: 'Change to a folder that you can write to, or pass --out DIR.',
    };
  }
}

/** Compares this machine's clock with Okta's, by the time in its answers. */
export function checkClock(reader: OrgReader, context: AppContext): Finding {
  const theirs = reader.serverNowMs();
  if (theirs === undefined)
    return { level: 'warning', subject: 'clock', found: 'The org sends no Date header.' };
  const offMs = theirs - context.host.clock.nowMs();
  if (Math.abs(offMs) <= CLOCK_TOLERANCE_MS) return good('clock', 'the same as Okta’s');
  return {
    level: 'warning',
    subject: 'clock',
    found: `this machine is ${formatDuration(Math.abs(offMs))} ${offMs > 0 ? 'behind' : 'ahead of'} Okta`,
    hint: 'Runs use Okta’s clock, so they are not affected. A service app needs a correct clock: synchronize it.',
  };
}

/** Shows every bucket's limit for this credential, and how long 10,000 users would take. */
export function checkLimits(reader: OrgReader, pace: PaceConfig): readonly Finding[] {
  const limits = reader.limits();
  if (limits.length === 0) {
    return [
      {
        level: 'warning',
        subject: 'limits',
        found: 'The org sends no rate-limit headers.',
        hint: 'Set the pace yourself: --per-minute 200.',
      },
    ];
  }
  return limits.map((limit) => {
    const found = `${limit.bucket}: ${limit.limit} calls per window for this credential`;
    if (limit.bucket !== WRITE_BUCKET) return good('limits', found);
    const takesMs = estimateMs({
      calls: REHEARSED_USERS,
      limit: limit.limit,
      windowMs: DEFAULTS.windowMs,
      ratePercent: pace.ratePercent,
      perMinute: pace.perMinute,
      perHour: pace.perHour,
      concurrency: pace.concurrency,
      latencyMs: 400,
    });
    return good('limits', `${found}; 10,000 users take about ${formatDuration(takesMs)}`);
  });
}
