import type { Org } from '../org.ts';
import type { LogEventType, SignInPlace } from './system-log.ts';

/** Events that users cause themselves when they sign in. */
const SIGN_INS: ReadonlySet<string> = new Set<LogEventType>([
  'user.session.start',
  'user.mfa.okta_verify.deny_push',
]);

function isSignIn(type: string): type is LogEventType {
  return SIGN_INS.has(type);
}

const MOST_EVENTS = 1_000_000;

/**
 * Writes sign-in events of users into the System Log. `type` names the event; `users` (a number, from the first one) or
 * `user` (an index) says whose; then `address`, `city`, `country` and `as`. Returns the number of events; undefined for an
 * unknown type.
 */
export function signIn(
  org: Org,
  options: URLSearchParams,
  user: number | undefined,
): number | undefined {
  const type = options.get('type') ?? 'user.session.start';
  if (!isSignIn(type)) return undefined;
  const place: SignInPlace = {
    address: options.get('address') ?? '203.0.113.9',
    city: options.get('city') ?? 'Example City',
    country: options.get('country') ?? 'Nowhere',
    asNumber: Number(options.get('as') ?? 64_500),
  };
  const wanted = Math.min(Number(options.get('users') ?? 1), MOST_EVENTS);
  for (let at = 0; at < wanted; at += 1) {
    org.log.add({
      type,
      timeMs: org.nowMs(),
      user: user ?? at % org.table.size,
      request: 0,
      userAgent: 'Mozilla/5.0',
      failed: type === 'user.mfa.okta_verify.deny_push',
      place,
    });
  }
  return wanted;
}
