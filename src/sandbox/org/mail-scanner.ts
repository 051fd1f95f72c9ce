import { share } from '../chance.ts';
import type { LogEventType } from './log/system-log.ts';

/** The address that the scanner calls from (RFC 5737: an address that nobody has). */
export const SCANNER_ADDRESS = '198.51.100.23';

/** Users whose reset link was opened before they saw the email, so that it no longer works. */
export class MailScanner {
  readonly #opened = new Set<number>();

  readonly #seed: number;
  readonly #portion: number;

  /** @param portion share of the users whose email is scanned */
  constructor(seed: number, portion: number) {
    this.#seed = seed;
    this.#portion = portion;
  }

  /** Opens the link in an email that was just sent, if this user's email is scanned. Returns whether it did. */
  open(index: number): boolean {
    if (share(this.#seed, index, 84) >= this.#portion) return false;
    this.#opened.add(index);
    return true;
  }

  /** Tells whether the link in the last email to a user was used up. */
  hasOpened(index: number): boolean {
    return this.#opened.has(index);
  }
}

/** What each engine logs about a link that a machine opens, and about one that is opened again. */
export const LINK_OPENED: Readonly<Record<'oie' | 'classic', LogEventType>> = {
  oie: 'system.email.challenge_factor_redeemed',
  classic: 'user.account.use_token',
};
