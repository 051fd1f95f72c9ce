import type { Credentials } from '../../config/credentials.ts';
import type { Answer } from '../../domain/row/call.ts';
import type { OrgReader, RoleHolder } from '../../domain/org/org.ts';
import type { User } from '../../domain/org/user.ts';
import type { Reading } from '../org/connection.ts';
import { failedFinding, good, type Finding } from './finding.ts';
import { judgeRoles } from './role-needs.ts';
import { isCovered, judgeScopes } from './scope-needs.ts';
import type { Visit } from './visit.ts';

/** Tells whether the credential itself was refused, so that no other question makes sense. */
function isDead(me: Answer<User>): boolean {
  if (me.kind === 'ok' || me.failure.kind !== 'okta') return false;
  const { status, oktaCode, insufficientScope } = me.failure;
  // Names of OAuth errors come from the token endpoint, except the one that refuses a call.
  return status === 401 || (!insufficientScope && /^[a-z_]+$/.test(oktaCode ?? ''));
}

function credentialFinding(
  me: Answer<User>,
  credentials: Credentials,
  host: string,
  dead: boolean,
): Finding {
  if (credentials.kind === 'oauth' && !dead)
    return good('credential', `service app ${credentials.clientId}`);
  if (me.kind === 'ok')
    return good('credential', `API token of ${me.value.login}; this user is never reset`);
  return failedFinding('credential', me.failure, host, 'bad', 'sign in');
}

interface Probe {
  readonly subject: string;
  readonly level: 'warning' | 'bad';
  readonly needs: string;
  readonly fine: string;
  readonly scope: string;
  readonly read: (signal: AbortSignal) => Promise<Answer<unknown>>;
}

function probesOf(reader: OrgReader): readonly Probe[] {
  return [
    {
      subject: 'users',
      level: 'bad',
      needs: 'read users',
      fine: 'allowed',
      scope: 'okta.users.read',
      read: (signal) => reader.users({ query: { kind: 'all' }, limit: 1 }, signal),
    },
    {
      subject: 'groups',
      level: 'warning',
      needs: 'read groups (needed for --group)',
      fine: 'allowed',
      scope: 'okta.groups.read',
      read: (signal) => reader.groupsNamed('Everyone', signal),
    },
    {
      subject: 'admins',
      level: 'warning',
      needs: 'read role assignments (needed to protect admins)',
      fine: 'allowed: admins are left out unless you pass --include-admins',
      scope: 'okta.roles.read',
      read: (signal) => reader.admins(undefined, signal),
    },
    {
      subject: 'system log',
      level: 'warning',
      needs:
        'read the System Log (needed for --log, for followup, and to find out what happened after a lost answer)',
      fine: 'allowed',
      scope: 'okta.logs.read',
      read: (signal) => {
        const nowMs = reader.serverNowMs() ?? 0;
        const filter = 'eventType eq "user.account.reset_password"';
        return reader.logEvents({ filter, sinceMs: nowMs - 60_000, untilMs: nowMs }, signal);
      },
    },
  ];
}

async function ownRoles(
  me: Answer<User>,
  credentials: Credentials,
  reader: OrgReader,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const holder: RoleHolder | undefined =
    credentials.kind === 'oauth'
      ? { kind: 'app', clientId: credentials.clientId }
      : me.kind === 'ok'
        ? { kind: 'user', id: me.value.id }
        : undefined;
  if (holder === undefined) return [];
  const answer = await reader.roles(holder, signal);
  if (answer.kind === 'ok') return judgeRoles(answer.value);
  const { failure } = answer;
  if (failure.kind === 'okta' && (failure.status === 403 || failure.status === 404))
    return judgeRoles(undefined);
  return [failedFinding('roles', failure, reader.host, 'warning', 'read its admin roles')];
}

export interface Access {
  readonly findings: readonly Finding[];
  /** The org refuses the credential. */
  readonly dead: boolean;
}

/**
 * Checks who owns the credential, which scopes and roles it has, lacks or does not need, and tries one read of each
 * kind that a run needs.
 */
export async function checkAccess(
  { reader, grantedScopes }: Pick<Reading, 'reader' | 'grantedScopes'>,
  credentials: Credentials,
  visit: Visit,
  signal: AbortSignal,
): Promise<Access> {
  const { watch } = visit;
  const findings: Finding[] = [];
  const add = async (...found: readonly Finding[]) => {
    findings.push(...found);
    await visit.add(...found);
  };
  const me = await watch('credential', reader.me(signal));
  const dead = isDead(me);
  await add(credentialFinding(me, credentials, reader.host, dead));
  if (dead) return { findings, dead };
  const granted = grantedScopes();
  if (granted !== undefined && credentials.kind === 'oauth') {
    const { scopes, optionalScopes } = credentials;
    await add(...judgeScopes(granted, [...scopes, ...optionalScopes]));
  }
  // What the token cannot include was already reported above.
  const open = (scope: string) => granted === undefined || isCovered(scope, granted);
  if (open('okta.roles.read'))
    await add(...(await watch('roles', ownRoles(me, credentials, reader, signal))));
  for (const { subject, level, needs, fine, scope, read } of probesOf(reader)) {
    if (!open(scope)) continue;
    const answer = await watch(subject, read(signal));
    await add(
      answer.kind === 'ok'
        ? good(subject, fine)
        : failedFinding(subject, answer.failure, reader.host, level, needs),
    );
  }
  return { findings, dead };
}
