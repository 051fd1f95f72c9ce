import { usage } from '../domain/codes/app-error.ts';
import { ROLE_TYPES, type RoleType } from '../domain/org/admin-role.ts';
import { ALL_SCOPES } from './credentials.ts';
import { checked, group, off, on, one } from './flags/flag.ts';
import { anyText, duration, into, oneOf, whole, type Kind } from './flags/kinds.ts';

const words: Kind<readonly string[]> = {
  parse: (text) => text.split(/[\s,]+/).filter((word) => word !== ''),
};

const roles: Kind<readonly RoleType[]> = {
  parse: (text, flag) => {
    const given = words.parse(text, flag);
    if (given.join(' ').toLowerCase() === 'none') return [];
    return given.map((word) => {
      const role = ROLE_TYPES.find((known) => known === word.toUpperCase());
      if (role !== undefined) return role;
      throw usage(`--${flag} does not know “${word}”.`, `Use ${ROLE_TYPES.join(', ')}; or none.`);
    });
  },
};

const limit: Kind<'off' | number> = {
  parse: (text, flag) => (text === 'off' ? text : whole(1).parse(text, flag)),
};

const share = (most: number) => into(whole(0, most), (percent) => percent / 100);

const FLAGS = group('Sandbox', {
  port: one('port', 'N', 'port on 127.0.0.1 (a free one)', whole(0, 65_535)),
  users: one('users', 'N', 'how many users (500)', whole(1, 5_000_000), 500),
  seed: one('seed', 'N', 'the same seed gives the same org (1)', whole(0, 0xffff_ffff)),
  limit: one(
    'limit',
    'N|off',
    'calls per window of the users bucket (300, as Okta gives one token)',
    limit,
  ),
  windowMs: one('window', 'TIME', 'length of a rate limit window (60s)', duration),
  windowStart: one(
    'window-start',
    'HOW',
    'first-call (default), as real orgs do, or grid',
    oneOf(['first-call', 'grid']),
  ),
  concurrency: one(
    'concurrency-limit',
    'N',
    'calls at once before a 429 with limit 0 (37)',
    whole(1, 10_000),
  ),
  mix: one(
    'scanned',
    'PCT',
    'percent of users whose mail gateway opens every link (0)',
    into(share(100), (scanned) => ({ scanned })),
  ),
  withSessions: on(
    'with-sessions',
    'every user who can sign in has an MFA factor in addition to sessions and tokens (two in three)',
  ),
  rivalShare: one('rival-share', 'PCT', 'percent of each window that others spend (0)', share(95)),
  latencyMs: one('latency', 'TIME', 'how long each answer takes (0)', duration),
  searchLagMs: one(
    'search-lag',
    'TIME',
    'how late --search and --filter see a change (0)',
    duration,
  ),
  urlLimit: one(
    'url-limit',
    'N',
    'longest URL accepted, in characters (8192)',
    whole(100, 200_000),
  ),
  clockOffsetMs: one('clock-offset', 'TIME', 'how far Okta’s clock is ahead of ours (0)', duration),
  classic: on('classic', 'a Classic Engine org (Identity Engine)'),
  tempPasswordQuery: one(
    'temp-password-query',
    'HOW',
    'expire_password?tempPassword=true is followed (default), ignored (the user comes back), or empty ({} comes back)',
    oneOf(['honoured', 'ignored', 'empty']),
  ),
  gzip: one(
    'gzip',
    'WHEN',
    'answers are gzipped when asked (default), always or never',
    oneOf(['asked', 'always', 'never']),
  ),
  serviceApp: one(
    'service-app',
    'FILE',
    'a service app (OAuth) besides the token; FILE is its private key, which is made if it is missing',
    anyText,
  ),
  dpop: on('dpop', 'the service app must bind its tokens to a key (DPoP), as new apps must'),
  scopes: one('scopes', 'LIST', 'scopes granted to the service app (all useful ones)', words),
  roles: one(
    'roles',
    'LIST',
    'admin roles of the credential: HELP_DESK_ADMIN,… or none (SUPER_ADMIN)',
    roles,
  ),
  rolesReadable: off('no-roles', 'the credential cannot list admins'),
  chaos: one(
    'chaos',
    'LIST',
    'faults on purpose: reset-after=5%,html-502=1% (docs/rehearsal.md)',
    anyText,
  ),
});

export const SANDBOX = checked(FLAGS, ({ classic, serviceApp, dpop, scopes, ...options }) => {
  if (serviceApp === undefined && (dpop || scopes !== undefined)) {
    throw usage(
      `--${dpop ? 'dpop' : 'scopes'} works only with --service-app.`,
      'Example: okta-reset sandbox --service-app key.pem --dpop',
    );
  }
  return {
    ...options,
    engine: classic ? ('classic' as const) : ('oie' as const),
    rolesReadable: options.rolesReadable ? undefined : false,
    serviceApp:
      serviceApp === undefined
        ? undefined
        : { keyFile: serviceApp, dpop, scopes: scopes ?? ALL_SCOPES },
  };
});

/** The options of the sandbox on the command line. */
export type SandboxRequest = ReturnType<typeof SANDBOX.read>;
