import type { UserStatus } from '../org/user.ts';
import type { Warning } from './preview.ts';
import type { Step, StepTerms } from './step.ts';
import type { SkipReason } from './verdict.ts';

/** Why a user is skipped: a plain sentence, and a reason if Okta's word for the status says too little. */
export interface LeftAlone {
  readonly reason?: SkipReason;
  readonly detail: string;
}

/** A warning that the preview always gives. `users` is a count with its noun: `307 users`. */
export interface ActionWarning {
  readonly code: Warning['code'];
  readonly text: (users: string) => string;
}

/** An action, with everything that plan, faces and report say about it. `users` is a count with its noun: `307 users`. */
export interface ActionEntry {
  /** The call of the action itself, without the steps that flags add. */
  readonly step: (terms: StepTerms) => Step;
  /**
   * - `password`: makes users set a new password, and flags can add steps
   * - `contain`: takes away what an intruder has
   * - `restore`: gives users back what they had
   */
  readonly kind: 'password' | 'contain' | 'restore';
  /** Statuses that the action applies to without a flag. */
  readonly statuses: readonly UserStatus[];
  /** Why users in other statuses are skipped, by status. */
  readonly otherStatuses: Readonly<Record<string, LeftAlone>>;
  /** Provider types that the action applies to without a flag; `every` includes unknown ones. */
  readonly providers: 'every' | readonly string[];
  /** Why users of other providers are skipped, by provider type. */
  readonly otherProviders: Readonly<Record<string, string>>;
  /** The text of its line in a menu, with the consequence that decides the choice. */
  readonly label: string;
  readonly hint: string;
  /** What it does to one user, and to a stolen password. */
  readonly does: string;
  /** The question that asks for consent. */
  readonly ask: (count: number, users: string) => string;
  /** The last sentence of the question: whether the action can be undone, and how. */
  readonly undo: string;
  /** What a report says was done to each user. */
  readonly done: (terms: StepTerms) => string;
  readonly warnings: readonly ActionWarning[];
  /**
   * What it means for users whose account is in a directory, and for those of another identity provider; absent if there is
   * no difference.
   */
  readonly directoryUsers?: (users: string) => string;
  readonly federatedUsers?: (users: string) => string;
  /** What doing it a second time would undo; empty if nothing. */
  readonly secondTime: string;
}
