import { bareAction } from '../../config/action.ts';
import { ACTION_NAMES, mainStepOf, type Action } from '../../domain/plan/action.ts';
import { STEPS } from '../../domain/plan/step.ts';
import { ROLE_LABELS } from '../../domain/org/admin-role.ts';
import type { Role } from '../../domain/org/org.ts';
import { good, type Finding } from './finding.ts';

/** Standard roles that can reset passwords, the smallest first. */
const MAY_RESET: readonly string[] = STEPS['reset-password'].roles;

const stepOf = (action: Action) => STEPS[mainStepOf(bareAction(action))];

/** The permissions that a custom role needs in addition to reading users. */
const PERMISSIONS = [...new Set(ACTION_NAMES.map((action) => stepOf(action).permission))];

/** Names the actions that none of these standard roles can do; empty if they can do all. */
function beyond(roles: readonly Role[]): string {
  const held = new Set<string>(roles.map(({ type }) => type));
  const refused = ACTION_NAMES.filter(
    (action) => !stepOf(action).roles.some((role) => held.has(role)),
  );
  const [first] = refused;
  return first === undefined
    ? ''
    : `; not ${refused.join(', ')}, which take ${ROLE_LABELS[stepOf(first).roles[0]]} or more`;
}

/** Standard roles that can only read, so they do not extend a role that can reset. */
const ONLY_LOOK: readonly string[] = ['READ_ONLY_ADMIN', 'REPORT_ADMIN'];

/** Standard roles that change things, but no passwords. */
const OTHER_POWERS: readonly string[] = [
  'APP_ADMIN',
  'API_ACCESS_MANAGEMENT_ADMIN',
  'MOBILE_ADMIN',
  'GROUP_MEMBERSHIP_ADMIN',
  'ACCESS_CERTIFICATIONS_ADMIN',
  'ACCESS_REQUESTS_ADMIN',
  'WORKFLOWS_ADMIN',
];

const LEAST =
  'The least is Help Desk Administrator, or a custom role: docs/credentials.md, “Roles and scopes”.';
const TRY = 'Try it on a few: --canary 5.';

const named = (roles: readonly Role[]): string =>
  [...new Set(roles.map(({ label, type }) => (label === type ? type : `${label} (${type})`)))].join(
    ', ',
  );

const at = (level: 'warning' | 'bad', found: string, hint: string): Finding => ({
  level,
  subject: 'roles',
  found,
  hint,
});

/**
 * Judges the credential's admin roles: whether they can reset passwords, and whether they can do more than that. Undefined
 * roles: Okta does not show them to this credential.
 */
export function judgeRoles(roles: readonly Role[] | undefined): readonly Finding[] {
  if (roles === undefined) {
    return [
      at(
        'warning',
        'the credential’s admin roles cannot be read, so it is not known whether it can reset passwords. Okta shows roles to super admins, and to custom roles with okta.iam.read',
        `${TRY} ${LEAST}`,
      ),
    ];
  }
  if (roles.length === 0)
    return [at('bad', 'the credential has no admin role: Okta would refuse every reset', LEAST)];
  const of = (types: readonly string[]) => roles.filter(({ type }) => types.includes(type));
  const resetting = of(MAY_RESET);
  const judged = [...MAY_RESET, ...ONLY_LOOK, ...OTHER_POWERS];
  const own = roles.filter(({ type }) => !judged.includes(type));
  const others = of(OTHER_POWERS);
  if (resetting.some(({ type }) => type === 'SUPER_ADMIN')) {
    return [
      at(
        'warning',
        `${named(roles)}: can reset passwords, and far more than this job needs`,
        `${LEAST} Without Super Administrator, Okta does not show who is an admin: list the admins in a file and pass --exclude FILE.`,
      ),
    ];
  }
  if (resetting.length === 0 && own.length === 0)
    return [at('bad', `${named(roles)}: cannot reset passwords`, LEAST)];
  if (resetting.length === 0) {
    return [
      at(
        'warning',
        `${named(own)}: what a custom role can do, and to whom, cannot be read here`,
        `It needs okta.users.read and, for your actions, ${PERMISSIONS.join(', ')}, over the users in question. ${TRY}`,
      ),
    ];
  }
  const spare = [...others, ...own];
  if (spare.length > 0) {
    return [
      good('roles', `${named(resetting)}: can reset passwords${beyond(roles)}`),
      at('warning', `${named(spare)}: perhaps more than this job needs`, LEAST),
    ];
  }
  const scoped = resetting.every(({ type }) => type !== 'ORG_ADMIN');
  return [
    good(
      'roles',
      `${named(resetting)}: can reset passwords${scoped ? ', maybe only those of some groups' : ' of all but super admins; Help Desk Administrator would do'}${beyond(roles)}`,
    ),
  ];
}
