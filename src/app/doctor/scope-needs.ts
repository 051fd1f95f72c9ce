import { good, type Finding } from './finding.ts';

interface Need {
  readonly scope: string;
  /** Scopes that include this one: manage includes read. */
  readonly within: readonly string[];
  readonly level: 'warning' | 'bad';
  /** What does not work without it. */
  readonly lost: string;
}

/** Every scope that a call of okta-reset needs. Source: Okta's API reference, by endpoint. */
const NEEDS: readonly Need[] = [
  {
    scope: 'okta.users.manage',
    within: [],
    level: 'bad',
    lost: 'it cannot reset passwords or end sessions. plan, users and followup work',
  },
  {
    scope: 'okta.users.read',
    within: ['okta.users.manage'],
    level: 'bad',
    lost: 'it cannot find users, so nothing works',
  },
  {
    scope: 'okta.groups.read',
    within: ['okta.groups.manage'],
    level: 'warning',
    lost: '--group and --exclude-group do not work',
  },
  {
    scope: 'okta.roles.read',
    within: ['okta.roles.manage'],
    level: 'warning',
    lost: 'it cannot see who is an admin, so admins are not protected',
  },
  {
    scope: 'okta.logs.read',
    within: [],
    level: 'warning',
    lost: '--log finds nobody, some rows stay unknown after a fault, and followup cannot prove resets or see bounced emails',
  },
  {
    scope: 'okta.policies.read',
    within: ['okta.policies.manage'],
    level: 'warning',
    lost: 'it cannot read how long reset links are valid, and assumes one hour (--link-lifetime)',
  },
];

const WANTED: ReadonlySet<string> = new Set(NEEDS.map(({ scope }) => scope));

/** Tells whether a token with these scopes can do what `scope` allows. */
export function isCovered(scope: string, granted: readonly string[]): boolean {
  if (granted.includes(scope)) return true;
  return (
    NEEDS.find((need) => need.scope === scope)?.within.some((one) => granted.includes(one)) === true
  );
}

/** Compares the scopes of a service app's token with those that okta-reset uses. */
export function judgeScopes(
  granted: readonly string[],
  asked: readonly string[],
): readonly Finding[] {
  const missing = NEEDS.filter(({ scope }) => !isCovered(scope, granted));
  const spare = granted.filter((scope) => !WANTED.has(scope));
  const findings = missing.map(({ scope, level, lost }): Finding => {
    const refused = asked.includes(scope);
    return {
      level,
      subject: 'scopes',
      found: `${scope} is ${refused ? 'not granted' : 'not requested'}: ${lost}`,
      hint: refused
        ? 'A super admin grants it: Applications › the app › Okta API Scopes.'
        : 'Ask a super admin to grant it (Applications › the app › Okta API Scopes), and add it to OKTA_CLIENT_SCOPES.',
    };
  });
  if (spare.length > 0) {
    findings.push({
      level: 'warning',
      subject: 'scopes',
      found: `more than this job needs: ${spare.join(', ')}`,
      hint: 'Remove them from OKTA_CLIENT_SCOPES and from the app: somebody who steals the key could use them.',
    });
  }
  return findings.length > 0
    ? findings
    : [good('scopes', `all that are needed: ${granted.join(', ')}`)];
}
