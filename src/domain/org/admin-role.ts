/** Okta's standard admin roles with their names in its Admin Console, and CUSTOM. Source: Okta docs, role assignment. */
export const ROLE_LABELS = {
  SUPER_ADMIN: 'Super Administrator',
  ORG_ADMIN: 'Organizational Administrator',
  USER_ADMIN: 'Group Administrator',
  HELP_DESK_ADMIN: 'Help Desk Administrator',
  GROUP_MEMBERSHIP_ADMIN: 'Group Membership Administrator',
  APP_ADMIN: 'Application Administrator',
  API_ACCESS_MANAGEMENT_ADMIN: 'API Access Management Administrator',
  MOBILE_ADMIN: 'Mobile Administrator',
  READ_ONLY_ADMIN: 'Read-Only Administrator',
  REPORT_ADMIN: 'Report Administrator',
  CUSTOM: 'Password resets',
} as const;

export type RoleType = keyof typeof ROLE_LABELS;

export const ROLE_TYPES = Object.keys(ROLE_LABELS) as readonly RoleType[];
