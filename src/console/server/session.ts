/**
 * Who has opened a link from the terminal.
 *
 * A link works once. It is exchanged for a cookie, which any program on this machine's loopback might see, and for a key,
 * which only the page has: the cookie opens the shell of the page, and everything else needs both.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../domain/clock.ts';
import { BOUNDS } from '../api/bounds.ts';

const SECRET_BYTES = 32;

export interface Session {
  readonly id: string;
  readonly key: string;
}

interface KnownSession extends Session {
  lastMs: number;
}

const newSecret = () => randomBytes(SECRET_BYTES).toString('base64url');

function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

export class Sessions {
  readonly #clock: Clock;
  readonly #busyUntilMs: () => number | undefined;
  readonly #sessions: KnownSession[] = [];
  #link: string | undefined;

  /**
   * `busyUntilMs` returns until when a run was in progress, by the clock that never goes back: now if one is. A page that
   * shows a run makes no requests, so the time of a run does not count as idle.
   */
  constructor(clock: Clock, busyUntilMs: () => number | undefined) {
    this.#clock = clock;
    this.#busyUntilMs = busyUntilMs;
  }

  /** Makes the token of a new link. An earlier unused one no longer works. */
  newLink(): string {
    this.#link = newSecret();
    return this.#link;
  }

  /**
   * Exchanges the token of a link for a session, which is the browser's existing one if it has one. Undefined if the link is
   * not the newest, or was used.
   */
  open(link: string, cookie: string | undefined): Session | undefined {
    if (this.#link === undefined || !isSame(link, this.#link)) return undefined;
    this.#link = undefined;
    const known = this.of(cookie);
    if (known !== undefined) return known;
    const session = { id: newSecret(), key: newSecret(), lastMs: this.#clock.monotonicMs() };
    this.#sessions.push(session);
    this.#sessions.sort((a, b) => b.lastMs - a.lastMs);
    this.#sessions.splice(BOUNDS.sessions);
    return session;
  }

  /** Returns the session that a cookie names; undefined if there is none, or it has ended. */
  of(cookie: string | undefined): Session | undefined {
    this.#endIdle();
    if (cookie === undefined) return undefined;
    const found = this.#sessions.find(({ id }) => isSame(id, cookie));
    if (found !== undefined) found.lastMs = this.#clock.monotonicMs();
    return found;
  }

  /** Returns the session of a cookie, if the key belongs to it too. */
  ofKey(cookie: string | undefined, key: string | undefined): Session | undefined {
    const found = this.of(cookie);
    return found !== undefined && key !== undefined && isSame(found.key, key) ? found : undefined;
  }

  #endIdle(): void {
    const sinceMs = this.#clock.monotonicMs() - BOUNDS.idleMs;
    if ((this.#busyUntilMs() ?? -Infinity) >= sinceMs) return;
    const awake = this.#sessions.filter(({ lastMs }) => lastMs >= sinceMs);
    this.#sessions.splice(0, this.#sessions.length, ...awake);
  }
}
