// The ten actions as the soak tries them: whom an org must have for each, and what its effect is on the org's side.
const MANY = { ACTIVE: 8, PASSWORD_EXPIRED: 1, LOCKED_OUT: 1 };

/** By name: the statuses of the org, what was done to a user, and whether twice does no harm. */
export const ACTIONS = [
  { name: 'reset-password', statuses: MANY, done: (effects) => effects.resets },
  { name: 'temp-password', statuses: MANY, done: (effects) => effects.tempPasswords },
  { name: 'expire-password', statuses: MANY, done: (effects) => effects.expirations },
  {
    name: 'end-sessions',
    statuses: MANY,
    done: (effects) => effects.sessionRevocations,
    harmless: true,
  },
  {
    name: 'revoke-tokens',
    statuses: MANY,
    done: (effects) => effects.tokenRevocations,
    harmless: true,
  },
  { name: 'suspend', statuses: { ACTIVE: 1 }, done: (effects) => effects.suspensions },
  {
    name: 'reset-factors',
    statuses: { ACTIVE: 8, PASSWORD_EXPIRED: 1 },
    // Where there was no factor, none had to be removed.
    done: (effects, user) => Math.max(effects.factorResets, user.factors === 0 ? 1 : 0),
  },
  { name: 'unsuspend', statuses: { SUSPENDED: 1 }, done: (effects) => effects.unsuspensions },
  {
    name: 'unlock',
    statuses: { LOCKED_OUT: 1 },
    done: (_, user) => (user.status === 'ACTIVE' ? 1 : 0),
  },
  { name: 'reactivate', statuses: { PROVISIONED: 1 }, done: (effects) => effects.mails },
];

/** Every second run of a password action has every call beside it. */
export const BESIDE = ['--revoke-sessions', '--revoke-tokens', '--reset-factors'];
