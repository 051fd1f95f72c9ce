import type { UserStatus } from '../org/user.ts';
import type { Warning } from './preview.ts';
import type { Step, StepTerms } from './step.ts';
import type { SkipReason } from './verdict.ts';

/** Why a user is left alone: a reason of its own, where Okta's word for the status says too little, and a plain sentence. */
export interface LeftAlone {
  readonly reason?: SkipReason;
  readonly detail: string;
}

/** A warning that the preview always gives. `users` is a count with its noun: `307 users`. */
export interface ActionWarning {
  readonly code: Warning['code'];
  readonly text: (users: string) => string;
}

/** An action, with all that plan, faces and report say of it. `users` is a count with its noun: `307 users`. */
export interface ActionEntry {
  /** The call of the action itself, beside the steps that flags add. */
  readonly step: (terms: StepTerms) => Step;
  /**
   * - `password`: makes users set a new password; other steps may go with it
   * - `contain`: takes away what an intruder holds
   * - `restore`: gives users back what they had
   */
  readonly kind: 'password' | 'contain' | 'restore';
  /** Statuses that are acted on without a flag. */
  readonly statuses: readonly UserStatus[];
  /** What is said of users in other statuses, by status. */
  readonly otherStatuses: Readonly<Record<string, LeftAlone>>;
  /** Provider types that are acted on without a flag, the unknown ones too where it is `every`. */
  readonly providers: 'every' | readonly string[];
  /** What is said of users of other providers, by provider type. */
  readonly otherProviders: Readonly<Record<string, string>>;
  /** How a menu offers it, and the consequence that a choice turns on. */
  readonly label: string;
  readonly hint: string;
  /** What it does to one user, and to a stolen password. */
  readonly does: string;
  /** Asks for it. */
  readonly ask: (count: number, users: string) => string;
  /** The last sentence of the line that asks: whether it can be undone, and how. */
  readonly undo: string;
  /** What a report says was done to each user. */
  readonly done: (terms: StepTerms) => string;
  readonly warnings: readonly ActionWarning[];
  /** What it means for users whose account lives in a directory, and for those of another identity provider; absent where it means nothing else. */
  readonly directoryUsers?: (users: string) => string;
  readonly federatedUsers?: (users: string) => string;
  /** What a second time would undo; empty where nothing is. */
  readonly secondTime: string;
}
