import { flagsOf, type Flag } from './flag.ts';

const sandbox = flagsOf('Sandbox');

export const SANDBOX: readonly Flag[] = [
  sandbox.text('port', 'N', 'port on 127.0.0.1 (a free one)'),
  sandbox.text('users', 'N', 'how many users (500)'),
  sandbox.text('seed', 'N', 'the same seed gives the same org (1)'),
  sandbox.text(
    'limit',
    'N|off',
    'calls per window of the users bucket (300, as Okta gives one token)',
  ),
  sandbox.text('window', 'TIME', 'length of a rate-limit window (60s)'),
  sandbox.text('window-start', 'HOW', 'first-call (default), as real orgs do, or grid'),
  sandbox.text('concurrency-limit', 'N', 'calls at once before a 429 with limit 0 (37)'),
  sandbox.text('scanned', 'PCT', 'percent of users whose mail gateway opens every link (0)'),
  sandbox.text('rival-share', 'PCT', 'percent of each window that others spend (0)'),
  sandbox.text('latency', 'TIME', 'how long each answer takes (0)'),
  sandbox.text('search-lag', 'TIME', 'how late --search and --filter see a change (0)'),
  sandbox.text('url-limit', 'N', 'longest URL accepted, in characters (8192)'),
  sandbox.text('clock-offset', 'TIME', 'how far Okta’s clock is ahead of ours (0)'),
  sandbox.on('classic', 'a Classic Engine org (Identity Engine)'),
  sandbox.text(
    'temp-password-query',
    'HOW',
    'expire_password?tempPassword=true is honoured (default), ignored (the user comes back), or empty ({} comes back)',
  ),
  sandbox.text('gzip', 'WHEN', 'answers come gzipped when asked (default), always or never'),
  sandbox.text(
    'service-app',
    'FILE',
    'a service app (OAuth) besides the token; FILE is its private key, made where there is none',
  ),
  sandbox.on('dpop', 'the service app must bind its tokens to a key (DPoP), as new apps must'),
  sandbox.text('scopes', 'LIST', 'scopes granted to the service app (all that are of use)'),
  sandbox.text(
    'roles',
    'LIST',
    'admin roles of the credential: HELP_DESK_ADMIN,… or none (SUPER_ADMIN)',
  ),
  sandbox.on('no-roles', 'the credential may not list admins'),
  sandbox.text(
    'chaos',
    'LIST',
    'faults on purpose: reset-after=5%,html-502=1% (docs/rehearsal.md)',
  ),
];
