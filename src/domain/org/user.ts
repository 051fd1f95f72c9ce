import type { UserId } from './user-id.ts';

export const USER_STATUSES = [
  'ACTIVE',
  'DEPROVISIONED',
  'LOCKED_OUT',
  'PASSWORD_EXPIRED',
  'PROVISIONED',
  'RECOVERY',
  'STAGED',
  'SUSPENDED',
] as const;

export type UserStatus = (typeof USER_STATUSES)[number];

export const PROVIDER_TYPES = [
  'ACTIVE_DIRECTORY',
  'FEDERATION',
  'IMPORT',
  'LDAP',
  'OKTA',
  'SOCIAL',
] as const;

/** A user as Okta returns it. Status and provider are open sets, so undocumented values must pass through. */
export interface User {
  readonly id: UserId;
  readonly status: string;
  readonly login: string;
  readonly email: string | undefined;
  readonly secondEmail: string | undefined;
  readonly providerType: string;
  readonly providerName: string | undefined;
  /** Epoch milliseconds by Okta's clock. */
  readonly statusChangedMs: number | undefined;
  readonly passwordChangedMs: number | undefined;
  /** The complete user as received, for exports; links are left out. */
  readonly raw: Readonly<Record<string, unknown>>;
}
