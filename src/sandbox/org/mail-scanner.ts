import { share } from '../chance.ts';
import type { LogEventType } from './log/system-log.ts';

/** Where the scanner's own calls come from (RFC 5737: an address of nobody). */
export const SCANNER_ADDRESS = '198.51.100.23';

/** Users whose reset link was opened before they saw the mail, so that it works no more. */
export class MailScanner {
  readonly #opened = new Set<number>();

  readonly #seed: number;
  readonly #portion: number;

  /** @param portion share of the users whose mail is scanned */
  constructor(seed: number, portion: number) {
    this.#seed = seed;
    this.#portion = portion;
  }

  /** Opens the link of a mail that was just sent, where this user's mail is scanned. Returns whether it did. */
  open(index: number): boolean {
    if (share(this.#seed, index, 84) >= this.#portion) {
      this.#opened.delete(index);
      return false;
    }
    this.#opened.add(index);
    return true;
  }

  /** Tells whether the link of the last mail to a user was used up. */
  hasOpened(index: number): boolean {
    return this.#opened.has(index);
  }
}

/** What each engine writes into its log of a link that is opened by machine, and of one that is opened again. */
export const LINK_OPENED: Readonly<Record<'oie' | 'classic', LogEventType>> = {
  oie: 'system.email.challenge_factor_redeemed',
  classic: 'user.account.use_token',
};
