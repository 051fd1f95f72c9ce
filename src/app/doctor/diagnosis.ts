import type { OrgConfig } from '../../config/org.ts';
import type { PaceConfig } from '../../config/pace.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import type { Answer } from '../../domain/row/call.ts';
import { formatDuration } from '../../domain/duration.ts';
import { EXIT, type ExitCode } from '../../domain/codes/exit-code.ts';
import type { Organization, OrgReader } from '../../domain/org/org.ts';
import { isNotOkta } from '../org/failure-error.ts';
import { openReading } from '../org/connection.ts';
import type { AppContext } from '../context.ts';
import { checkAccess } from './access.ts';
import { failedFinding, good, type Finding } from './finding.ts';
import { checkClock, checkDisk, checkLimits } from './machine.ts';
import { checkWay } from './way-to-org.ts';
import { beginVisit } from './visit.ts';

export interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly exitCode: ExitCode;
}

const ENGINES = {
  oie: 'Identity Engine',
  classic: 'Classic Engine',
  unknown: 'engine unknown',
} as const;

/** How often a read is tried again after the first try. */
const MOST_RETRIES = 1;

function orgFinding(organization: Answer<Organization>, host: string, elsewhere: boolean) {
  if (organization.kind === 'ok' && elsewhere) {
    return {
      level: 'bad' as const,
      subject: 'org',
      found: `Something answers at ${host}, but it is not an Okta org.`,
      hint: 'Check the org URL and the proxy (HTTPS_PROXY).',
    };
  }
  if (organization.kind === 'ok') {
    const { id, engine } = organization.value;
    return good('org', `${host} answers: ${id}, ${ENGINES[engine]}`);
  }
  const level = elsewhere ? 'bad' : 'warning';
  return failedFinding('org', organization.failure, host, level, 'reach the org');
}

async function linkFinding(reader: OrgReader, signal: AbortSignal): Promise<Finding> {
  const lifetime = await reader.linkLifetime(signal);
  if (lifetime.kind === 'failed') {
    return {
      level: 'warning',
      subject: 'reset link',
      found: 'its lifetime cannot be read; 1 h is usual on Identity Engine',
      hint: 'If yours is different, tell followup: okta-reset followup RUN --link-lifetime 1h',
    };
  }
  const { minMinutes, maxMinutes } = lifetime.value;
  const least = minMinutes === maxMinutes ? '' : `${formatDuration(minMinutes * 60_000)} to `;
  return good(
    'reset link',
    `valid for ${least}${formatDuration(maxMinutes * 60_000)} (password policy)`,
  );
}

/** Tells whether an answer came from something other than an org. */
function isElsewhere(organization: Answer<Organization>): boolean {
  return organization.kind === 'ok'
    ? organization.value.id === ''
    : isNotOkta(organization.failure);
}

/**
 * Checks everything that a run depends on, and reports each finding as soon as it is known. Sends no write. Exit code 6
 * if the credential is the cause.
 */
export async function diagnose(
  org: OrgConfig,
  pace: PaceConfig,
  context: AppContext,
  tell: (finding: Finding) => Promise<void> = () => Promise.resolve(),
): Promise<Diagnosis> {
  const signal = context.interrupt.drain;
  const visit = beginVisit(context, pace.timeoutMs, tell);
  const { findings, add, watch } = visit;
  await add(good('node', `v${context.host.nodeVersion}`), await checkDisk(context));
  // A missing answer is a finding, so it is not tried again.
  const patience = { ...pace, maxRetries: Math.min(pace.maxRetries, MOST_RETRIES) };
  const connection = openReading({ org, pace: patience, runId: undefined }, context);
  try {
    await add(checkWay(org.origin, context.host.env));
    const { reader } = connection;
    const organization = await watch(`org ${reader.host}`, reader.organization(signal));
    const elsewhere = isElsewhere(organization);
    await add(orgFinding(organization, reader.host, elsewhere));
    if (elsewhere) return { findings, exitCode: EXIT.incomplete };
    const access = await checkAccess(connection, org.credentials, visit, signal);
    if (access.dead) return { findings, exitCode: EXIT.auth };
    await add(checkClock(reader, context), ...checkLimits(reader, pace));
    await add(await watch('password policies', linkFinding(reader, signal)));
    const bad = (some: readonly Finding[]) => some.some(({ level }) => level === 'bad');
    if (bad(access.findings)) return { findings, exitCode: EXIT.auth };
    return { findings, exitCode: bad(findings) ? EXIT.incomplete : EXIT.ok };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await add({ level: 'bad', subject: 'org', found: error.message, hint: error.hint });
    return { findings, exitCode: error.exitCode };
  } finally {
    await connection.close();
  }
}
