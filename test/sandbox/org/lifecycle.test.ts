import { describe, expect, test } from '@jest/globals';
import { PROVIDER_TYPES, USER_STATUSES } from '../../../src/domain/org/user.ts';
import { rule, type LifecycleCall } from '../../../src/sandbox/org/lifecycle.ts';

type Status = (typeof USER_STATUSES)[number];
type Provider = (typeof PROVIDER_TYPES)[number];

const PASSWORD: readonly Status[] = ['ACTIVE', 'LOCKED_OUT', 'PASSWORD_EXPIRED', 'RECOVERY'];

/** By call: the statuses that allow it, where it leads (`same`: nowhere), and the code of the refusal for all others. */
const BY_STATUS: readonly (readonly [
  call: LifecycleCall,
  from: readonly Status[],
  to: Status | 'same',
  refusal: string,
])[] = [
  ['expire_password', PASSWORD, 'PASSWORD_EXPIRED', 'E0000038'],
  ['expire_password_with_temp_password', PASSWORD, 'PASSWORD_EXPIRED', 'E0000038'],
  ['unlock', ['LOCKED_OUT'], 'ACTIVE', 'E0000032'],
  ['reactivate', ['PROVISIONED', 'RECOVERY'], 'same', 'E0000038'],
  ['forgot_password', ['ACTIVE'], 'same', 'E0000034'],
  [
    'reset_factors',
    ['ACTIVE', 'PASSWORD_EXPIRED', 'SUSPENDED', 'STAGED', 'DEPROVISIONED'],
    'same',
    'E0000038',
  ],
  ['suspend', ['ACTIVE', 'PASSWORD_EXPIRED', 'PROVISIONED'], 'SUSPENDED', 'E0000001'],
  ['unsuspend', ['SUSPENDED'], 'ACTIVE', 'E0000001'],
  ['activate', ['STAGED', 'DEPROVISIONED'], 'PROVISIONED', 'E0000016'],
  [
    'deactivate',
    USER_STATUSES.filter((status) => status !== 'DEPROVISIONED'),
    'DEPROVISIONED',
    'E0000038',
  ],
];

const outcome = (call: LifecycleCall, status: Status, provider: Provider): string => {
  const ruling = rule(call, status, provider);
  return ruling.kind === 'refused' ? ruling.code : (ruling.to ?? 'same');
};

describe('a user of Okta', () => {
  test.each(BY_STATUS)('%s: from %j to %s, otherwise %s', (call, from, to, refusal) => {
    for (const status of USER_STATUSES)
      expect([status, outcome(call, status, 'OKTA')]).toEqual([
        status,
        from.includes(status) ? to : refusal,
      ]);
  });
});

describe('a reset', () => {
  test.each(PROVIDER_TYPES)(
    'of a %s user leads to recovery or activation, and to Okta',
    (provider) => {
      for (const status of [...PASSWORD, 'PROVISIONED'] as const)
        for (const call of ['reset_password', 'convert_to_federated'] as const) {
          const elsewhere = provider === 'FEDERATION' || provider === 'SOCIAL';
          const inOkta = provider === 'OKTA' || provider === 'IMPORT';
          const reset = {
            kind: 'allowed',
            to: provider === 'SOCIAL' ? 'PROVISIONED' : 'RECOVERY',
            ...(elsewhere ? { provider: 'OKTA' } : {}),
          };
          const convert = inOkta ? { kind: 'allowed', to: 'ACTIVE' } : { code: 'E0000001' };
          expect(rule(call, status, provider)).toMatchObject(
            call === 'reset_password' ? reset : convert,
          );
          if (!elsewhere) expect(rule(call, status, provider)).not.toHaveProperty('provider');
        }
      for (const call of ['reset_password', 'convert_to_federated'] as const)
        expect(
          (['STAGED', 'SUSPENDED', 'DEPROVISIONED'] as const).map((status) =>
            outcome(call, status, provider),
          ),
        ).toEqual(['E0000017', 'E0000038', 'E0000038']);
    },
  );
});

describe('a user from elsewhere', () => {
  const DIRECTORIES = ['ACTIVE_DIRECTORY', 'LDAP'];
  const FORGETFUL = ['OKTA', 'IMPORT'];

  test.each(PROVIDER_TYPES)(
    '%s: unlocked and asked by Okta only if it has the password',
    (provider) => {
      expect(outcome('unlock', 'LOCKED_OUT', provider)).toBe(
        DIRECTORIES.includes(provider) ? 'E0000032' : 'ACTIVE',
      );
      expect(outcome('forgot_password', 'ACTIVE', provider)).toBe(
        FORGETFUL.includes(provider) ? 'same' : 'E0000034',
      );
      expect(outcome('convert_to_federated', 'ACTIVE', provider)).toBe(
        FORGETFUL.includes(provider) ? 'ACTIVE' : 'E0000001',
      );
      for (const call of ['reset_factors', 'suspend', 'deactivate'] as const)
        expect(outcome(call, 'ACTIVE', provider)).toBe(outcome(call, 'ACTIVE', 'OKTA'));
    },
  );
});
