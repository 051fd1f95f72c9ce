/** The flags as typed, before anything is checked. Absent flags are undefined; repeatable ones are lists. */
export interface SelectionFlags {
  readonly files: readonly string[];
  readonly column: string | undefined;
  readonly delimiter: string | undefined;
  readonly encoding: string | undefined;
  readonly where: readonly string[];
  readonly keepColumn: readonly string[];
  readonly user: readonly string[];
  readonly search: string | undefined;
  readonly filter: string | undefined;
  readonly group: readonly string[];
  readonly all: boolean;
  readonly exclude: readonly string[];
  readonly excludeGroup: readonly string[];
  readonly skip: string | undefined;
  readonly limit: string | undefined;
}

export interface ActionFlags {
  readonly action: string | undefined;
  readonly sendEmail: boolean;
  readonly revokeSessions: boolean;
  readonly revokeTokens: boolean;
}

export interface PolicyFlags {
  readonly includeStatus: readonly string[];
  readonly includeProvider: readonly string[];
  readonly includeAdmins: boolean;
  readonly since: string | undefined;
  readonly lookup: boolean;
  readonly again: boolean;
}

export interface GuardFlags {
  readonly confirm: string | undefined;
  readonly yes: boolean;
  readonly maxUsers: string | undefined;
  readonly canary: string | undefined;
  readonly canaryWait: string | undefined;
  readonly maxFailures: string | undefined;
  readonly planMaxAge: string | undefined;
  readonly forceUnlock: boolean;
}

export interface PaceFlags {
  readonly concurrency: string | undefined;
  readonly rateShare: string | undefined;
  readonly perMinute: string | undefined;
  readonly perHour: string | undefined;
  readonly timeout: string | undefined;
  readonly maxRetries: string | undefined;
  readonly maxDuration: string | undefined;
  readonly between: string | undefined;
}

export interface OutputFlags {
  readonly out: string | undefined;
  readonly secretsRecipient: readonly string[];
  readonly secretsPlaintext: boolean;
}
