// The ten actions as the soak tries them: which users an org must have for each, what its effect is on the org's side, and
// what can happen to its users afterwards.
const MANY = { ACTIVE: 8, PASSWORD_EXPIRED: 1, LOCKED_OUT: 1 };

const PASSWORD = {
  statuses: MANY,
  password: true,
  states: ['waiting', 'link-dead'],
  // Users who have finished need nothing more.
  later: (org, id) => org.finish(id),
  laterState: 'finished',
  resend: ['--resend', '--only', 'waiting,link-dead', '--again'],
};

const CONTAIN = { states: ['contained'] };

/**
 * By name: the statuses of the org, how often the org has done it to a user (`count`; `none`: where there was nothing to
 * do), whether twice does no harm, in which states `followup` may find users, what may happen to them `later` and the state
 * that it leads to, and the flags that send it again: to those in the later state, or of a password action to the others.
 */
export const ACTIONS = [
  { ...PASSWORD, name: 'reset-password', count: (effects) => effects.resets },
  { ...PASSWORD, name: 'temp-password', count: (effects) => effects.tempPasswords },
  { ...PASSWORD, name: 'expire-password', count: (effects) => effects.expirations },
  {
    ...CONTAIN,
    name: 'end-sessions',
    statuses: MANY,
    count: (effects) => effects.sessionRevocations,
    harmless: true,
    later: (org, id) => org.signIn(id),
    laterState: 'signed-in-again',
    resend: ['--resend', '--only', 'signed-in-again'],
  },
  {
    ...CONTAIN,
    name: 'revoke-tokens',
    statuses: MANY,
    count: (effects) => effects.tokenRevocations,
    harmless: true,
    later: (org, id) => org.signIn(id),
    laterState: 'signed-in-again',
    resend: ['--resend', '--only', 'signed-in-again'],
  },
  {
    ...CONTAIN,
    name: 'suspend',
    statuses: { ACTIVE: 1 },
    count: (effects) => effects.suspensions,
    later: (org, id) => org.unsuspend(id),
    laterState: 'lifted',
    resend: ['--resend', '--only', 'lifted'],
  },
  {
    ...CONTAIN,
    name: 'reset-factors',
    statuses: { ACTIVE: 8, PASSWORD_EXPIRED: 1 },
    count: (effects) => effects.factorResets,
    none: (user) => user.factors === 0,
    later: (org, id) => org.enrol(id),
    laterState: 'enrolled-again',
    resend: ['--resend', '--only', 'enrolled-again'],
  },
  {
    name: 'unsuspend',
    statuses: { SUSPENDED: 1 },
    count: (effects) => effects.unsuspensions,
    states: ['finished'],
    later: (org, id) => org.suspend(id),
    laterState: 'as-before',
    resend: ['--resend', '--only', 'as-before'],
  },
  {
    name: 'unlock',
    statuses: { LOCKED_OUT: 1 },
    count: (_, user) => (user.status === 'ACTIVE' ? 1 : 0),
    states: ['finished'],
  },
  {
    name: 'reactivate',
    statuses: { PROVISIONED: 1 },
    count: (effects) => effects.mails,
    states: ['waiting'],
  },
];

/** How often the action was done to a user, by the org's own count; once if there was nothing to do. */
export function times(action, org, id) {
  const user = org.user(id);
  return Math.max(action.count(org.effects(id), user), action.none?.(user) === true ? 1 : 0);
}

/** Every second run of a password action has every added call. */
const BESIDE = ['--revoke-sessions', '--revoke-tokens', '--reset-factors'];

/** The flags that plan the action: in every second run of a password action with everything that can be added. */
export function flagsOf({ name, password }, seed) {
  return ['--action', name, ...(password === true && seed % 2 === 0 ? BESIDE : [])];
}
