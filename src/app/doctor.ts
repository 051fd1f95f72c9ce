import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DEFAULTS } from '../config/defaults.ts';
import type { OrgConfig } from '../config/org.ts';
import type { PaceConfig } from '../config/pace.ts';
import { AppError } from '../domain/app-error.ts';
import type { Answer } from '../domain/call.ts';
import { formatDuration } from '../domain/duration.ts';
import { EXIT, type ExitCode } from '../domain/exit-code.ts';
import type { OrgReader } from '../domain/org.ts';
import { findErrorEntry } from '../domain/okta-error.ts';
import { estimateMs } from '../okta/pacing-estimate.ts';
import { openReading, WRITE_BUCKET } from './connection.ts';
import type { AppContext } from './context.ts';
import { failureError } from './failure-error.ts';

/** One thing looked at. `mend` says what to do where it is not well. */
export interface Finding {
  readonly level: 'good' | 'warning' | 'bad';
  readonly subject: string;
  readonly found: string;
  readonly mend?: string;
}

export interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly exitCode: ExitCode;
}

const CLOCK_TOLERANCE_MS = 5000;
const DISK_WANTED_BYTES = 200 * 1024 * 1024;
const REHEARSED_USERS = 10_000;

function failed(
  subject: string,
  answer: Answer<unknown>,
  host: string,
  level: 'warning' | 'bad',
  needs: string,
): Finding | undefined {
  if (answer.kind === 'ok') return undefined;
  const error = failureError(answer.failure, needs, host);
  const code =
    answer.failure.kind === 'okta'
      ? answer.failure.oktaCode
      : answer.failure.kind === 'transport'
        ? answer.failure.code
        : undefined;
  return {
    level,
    subject,
    found: error.message,
    mend: (code === undefined ? undefined : findErrorEntry(code)?.how) ?? error.hint,
  };
}

async function checkDisk(context: AppContext): Promise<Finding> {
  const { cwd } = context.host;
  try {
    const dir = await mkdtemp(join(cwd, '.okta-reset-'));
    await writeFile(join(dir, 'probe'), 'probe', { mode: 0o600 });
    await rm(dir, { recursive: true });
    const facts = await statfs(cwd);
    const free = facts.bavail * facts.bsize;
    const found = `${Math.floor(free / 1024 / 1024)} MiB free for ${resolve(cwd, DEFAULTS.reportsDir)}`;
    return free < DISK_WANTED_BYTES
      ? {
          level: 'warning',
          subject: 'disk',
          found,
          mend: 'Make room, or choose another disk with --out.',
        }
      : { level: 'good', subject: 'disk', found };
  } catch {
    return {
      level: 'bad',
      subject: 'disk',
      found: `${cwd} cannot be written.`,
      mend: 'Work in a folder you may write, or pass --out DIR.',
    };
  }
}

function checkClock(reader: OrgReader, context: AppContext): Finding {
  const theirs = reader.serverNowMs();
  if (theirs === undefined)
    return { level: 'warning', subject: 'clock', found: 'The org sends no Date header.' };
  const offMs = theirs - context.host.clock.nowMs();
  const found = `this machine is ${formatDuration(Math.abs(offMs))} ${offMs > 0 ? 'behind' : 'ahead of'} Okta`;
  return Math.abs(offMs) <= CLOCK_TOLERANCE_MS
    ? { level: 'good', subject: 'clock', found: 'in step with Okta’s' }
    : {
        level: 'warning',
        subject: 'clock',
        found,
        mend: 'Runs go by Okta’s clock, so they are right all the same. OAuth needs a true clock: synchronise it.',
      };
}

function checkLimits(reader: OrgReader, pace: PaceConfig): readonly Finding[] {
  const limits = reader.limits();
  if (limits.length === 0) {
    return [
      {
        level: 'warning',
        subject: 'limits',
        found: 'The org sends no rate-limit headers.',
        mend: 'Set a pace yourself: --per-minute 200.',
      },
    ];
  }
  return limits.map((limit) => {
    const found = `${limit.bucket}: ${limit.limit} calls per window for this credential`;
    if (limit.bucket !== WRITE_BUCKET) return { level: 'good', subject: 'limits', found };
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
    return {
      level: 'good',
      subject: 'limits',
      found: `${found}; 10,000 users take about ${formatDuration(takesMs)}`,
    };
  });
}

async function checkPermissions(
  reader: OrgReader,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const users = await reader.users({ query: { kind: 'all' }, limit: 1 }, signal);
  const groups = await reader.groupsNamed('Everyone', signal);
  const admins = await reader.admins(undefined, signal);
  const log = await reader.logEvents(
    {
      filter: 'eventType eq "user.account.reset_password"',
      sinceMs: (reader.serverNowMs() ?? 0) - 60_000,
      untilMs: reader.serverNowMs() ?? 0,
    },
    signal,
  );
  const host = reader.host;
  return [
    failed('users', users, host, 'bad', 'read users') ?? {
      level: 'good',
      subject: 'users',
      found:
        'may be read (resets need okta.users.manage or a role that resets passwords; only a run can tell)',
    },
    failed('groups', groups, host, 'warning', 'read groups (needed for --group)') ?? {
      level: 'good',
      subject: 'groups',
      found: 'may be read',
    },
    failed('admins', admins, host, 'warning', 'read role assignments (needed to spare admins)') ?? {
      level: 'good',
      subject: 'admins',
      found: 'may be read: they are spared unless --include-admins',
    },
    failed(
      'system log',
      log,
      host,
      'warning',
      'read the System Log (needed to settle doubts and for followup)',
    ) ?? { level: 'good', subject: 'system log', found: 'may be read' },
  ];
}

/** Looks at everything a run depends on. Sends no write. Exit code 6 where the credential is at fault. */
export async function diagnose(
  org: OrgConfig,
  pace: PaceConfig,
  context: AppContext,
): Promise<Diagnosis> {
  const signal = context.interrupt.drain;
  const findings: Finding[] = [
    { level: 'good', subject: 'node', found: `v${context.host.nodeVersion}` },
    await checkDisk(context),
  ];
  const connection = openReading({ org, pace, runId: undefined }, context);
  try {
    const { reader } = connection;
    const organization = await reader.organization(signal);
    const unreachable = organization.kind === 'failed' && organization.failure.kind === 'transport';
    findings.push(
      failed(
        'org',
        organization,
        reader.host,
        unreachable ? 'bad' : 'warning',
        'reach the org',
      ) ?? {
        level: 'good',
        subject: 'org',
        found:
          organization.kind === 'ok'
            ? `${reader.host} answers: ${organization.value.id}, ${organization.value.engine === 'oie' ? 'Identity Engine' : organization.value.engine === 'classic' ? 'Classic Engine' : 'engine unknown'}`
            : '',
      },
    );
    if (unreachable) return { findings, exitCode: EXIT.incomplete };
    const me = await reader.me(signal);
    const dead = me.kind === 'failed' && me.failure.kind === 'okta' && me.failure.status === 401;
    findings.push(
      me.kind === 'ok'
        ? {
            level: 'good',
            subject: 'credential',
            found: `API token of ${me.value.login}; this user is never reset`,
          }
        : org.credentials.kind === 'oauth' && !dead
          ? {
              level: 'good',
              subject: 'credential',
              found: `service app ${org.credentials.clientId}`,
            }
          : (failed('credential', me, reader.host, 'bad', 'sign in') ?? {
              level: 'bad',
              subject: 'credential',
              found: '',
            }),
    );
    if (dead) return { findings, exitCode: EXIT.auth };
    const permissions = await checkPermissions(reader, signal);
    findings.push(...permissions, checkClock(reader, context), ...checkLimits(reader, pace));
    const lifetime = await reader.linkLifetime(signal);
    findings.push(
      lifetime.kind === 'ok'
        ? {
            level: 'good',
            subject: 'reset link',
            found: `lives ${lifetime.value.minMinutes === lifetime.value.maxMinutes ? '' : `${formatDuration(lifetime.value.minMinutes * 60_000)} to `}${formatDuration(lifetime.value.maxMinutes * 60_000)} (password policy)`,
          }
        : {
            level: 'warning',
            subject: 'reset link',
            found: 'its lifetime may not be read; 1 h is usual on Identity Engine',
          },
    );
    const refused = permissions.some((finding) => finding.level === 'bad');
    return {
      findings,
      exitCode: refused
        ? EXIT.auth
        : findings.some((finding) => finding.level === 'bad')
          ? EXIT.incomplete
          : EXIT.ok,
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    findings.push({ level: 'bad', subject: 'org', found: error.message, mend: error.hint });
    return { findings, exitCode: error.exitCode };
  } finally {
    await connection.close();
  }
}
