import {
  ROLE_TYPES,
  TEMP_PASSWORD_QUERIES,
  type RoleType,
  type SandboxRequest,
} from '../../app/sandbox.ts';
import { ALL_SCOPES } from '../../config/credentials.ts';
import { duration, usage, wholeNumber } from '../../config/option.ts';
import { on, text, type Parsed } from './flags/typed-flags.ts';

const words = (parsed: Parsed, name: string): readonly string[] | undefined =>
  text(parsed, name)
    ?.split(/[\s,]+/)
    .filter((word) => word !== '');

function rolesOf(parsed: Parsed): readonly RoleType[] | undefined {
  const given = words(parsed, 'roles');
  if (given?.join(' ').toLowerCase() === 'none') return [];
  return given?.map((word) => {
    const role = ROLE_TYPES.find((known) => known === word.toUpperCase());
    if (role === undefined)
      throw usage(
        `--roles does not know “${word}”.`,
        `It is of ${ROLE_TYPES.join(', ')}; or none.`,
      );
    return role;
  });
}

function serviceAppOf(parsed: Parsed): SandboxRequest['serviceApp'] {
  const keyFile = text(parsed, 'service-app');
  const dpop = on(parsed, 'dpop');
  const scopes = words(parsed, 'scopes');
  if (keyFile !== undefined) return { keyFile, dpop, scopes: scopes ?? ALL_SCOPES };
  if (!dpop && scopes === undefined) return undefined;
  throw usage(
    `--${dpop ? 'dpop' : 'scopes'} belongs to --service-app.`,
    'Example: okta-reset sandbox --service-app key.pem --dpop',
  );
}

function oneOf<T extends string>(parsed: Parsed, name: string, known: readonly T[]): T | undefined {
  const given = text(parsed, name);
  if (given === undefined) return undefined;
  const found = known.find((word) => word === given);
  if (found === undefined)
    throw usage(`--${name} does not know “${given}”.`, `It is ${known.join(' or ')}.`);
  return found;
}

/** Checks the flags of the sandbox. Rejects with USAGE. */
export function sandboxRequest(parsed: Parsed): SandboxRequest {
  const number = (name: string, least: number, most: number) =>
    wholeNumber(name, text(parsed, name), least, most);
  const limit = text(parsed, 'limit');
  const rival = number('rival-share', 0, 95);
  const scanned = number('scanned', 0, 100);
  return {
    port: number('port', 0, 65_535),
    users: number('users', 1, 5_000_000) ?? 500,
    seed: number('seed', 0, 0xffff_ffff),
    limit: limit === 'off' ? 'off' : wholeNumber('limit', limit, 1),
    windowMs: duration('window', text(parsed, 'window')),
    windowStart: oneOf(parsed, 'window-start', ['first-call', 'grid'] as const),
    concurrency: number('concurrency-limit', 1, 10_000),
    mix: scanned === undefined ? undefined : { scanned: scanned / 100 },
    rivalShare: rival === undefined ? undefined : rival / 100,
    latencyMs: duration('latency', text(parsed, 'latency')),
    searchLagMs: duration('search-lag', text(parsed, 'search-lag')),
    urlLimit: number('url-limit', 100, 200_000),
    clockOffsetMs: duration('clock-offset', text(parsed, 'clock-offset')),
    engine: on(parsed, 'classic') ? 'classic' : 'oie',
    tempPasswordQuery: oneOf(parsed, 'temp-password-query', TEMP_PASSWORD_QUERIES),
    gzip: oneOf(parsed, 'gzip', ['asked', 'always', 'never'] as const),
    rolesReadable: on(parsed, 'no-roles') ? false : undefined,
    roles: rolesOf(parsed),
    serviceApp: serviceAppOf(parsed),
    chaos: text(parsed, 'chaos'),
  };
}
