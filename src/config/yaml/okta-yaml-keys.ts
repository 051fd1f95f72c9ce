import { closest } from '../../domain/closest.ts';
import { yamlClient, type YamlClient } from './okta-yaml-schema.ts';

/** The keys that okta-reset reads under `okta: client:` and in a profile. */
const READ: readonly string[] = Object.keys(yamlClient.shape);

export const KNOWN_KEYS = `Known keys are ${READ.slice(0, -1).join(', ')} and ${READ.at(-1) ?? ''}.`;

/**
 * Other keys of Okta's SDKs and tools. Source: the configuration references of the Go, Java, Node, Python and .NET
 * SDKs.
 */
const OTHERS: ReadonlySet<string> = new Set([
  'cache',
  'cacheManager',
  'concurrentRequests',
  'connectionTimeout',
  'connectionTimeoutSeconds',
  'dpop',
  'logging',
  'maxRetries',
  'oauth2',
  'oauthTokenRenewalOffset',
  'proxy',
  'rateLimit',
  'requestExecutor',
  'requestTimeout',
  'retry',
  'testing',
  'userAgent',
  'userAgentExtra',
]);

/** The key that is meant by what people often write instead. */
const MEANT: Readonly<Record<string, keyof YamlClient>> = {
  url: 'orgUrl',
  org: 'orgUrl',
  domain: 'orgUrl',
  oktadomain: 'orgUrl',
  baseurl: 'orgUrl',
  host: 'orgUrl',
  apitoken: 'token',
  apikey: 'token',
  ssws: 'token',
  mode: 'authorizationMode',
  key: 'privateKey',
  keyfile: 'privateKey',
  privatekeyfile: 'privateKey',
  id: 'clientId',
  scope: 'scopes',
};

/** A key that a message can show. A longer one, or one with other characters, could be a token in the wrong place. */
const SHOWN = /^[A-Za-z][\w.-]{0,24}$/;

function meant(key: string): string | undefined {
  const folded = key.replace(/[\s_.-]/g, '').toLowerCase();
  const same = READ.find((known) => known.toLowerCase() === folded);
  return same ?? MEANT[folded] ?? closest(key, READ);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A key that has no effect, and the right one, if it can be guessed. */
export interface UnknownKey {
  /** Its path: `okta.client.apiToken`. */
  readonly path: string;
  readonly meant: string | undefined;
}

function unknownIn(settings: unknown, path: string): readonly UnknownKey[] {
  if (!isRecord(settings)) return [];
  return Object.keys(settings)
    .filter((key) => !READ.includes(key) && !OTHERS.has(key))
    .map((key) => ({
      path: `${path}.${SHOWN.test(key) ? key : '…'}`,
      meant: SHOWN.test(key) ? meant(key) : undefined,
    }));
}

/**
 * Finds the keys of a configuration file that have no effect: misspelled ones, and settings that are not under `okta:
 * client:`. `profile` is the one in use.
 */
export function unknownKeys(file: unknown, profile: string | undefined): readonly UnknownKey[] {
  if (!isRecord(file)) return [];
  const outside = Object.keys(file)
    .filter((key) => READ.includes(key) || key === 'client')
    .map((key) => ({ path: key, meant: key === 'client' ? 'okta.client' : `okta.client.${key}` }));
  const { okta } = file;
  if (!isRecord(okta)) return outside;
  const beside = Object.keys(okta)
    .filter((key) => READ.includes(key))
    .map((key) => ({ path: `okta.${key}`, meant: `okta.client.${key}` }));
  if (profile === undefined)
    return [...outside, ...beside, ...unknownIn(okta['client'], 'okta.client')];
  const { profiles } = okta;
  const own =
    isRecord(profiles) && Object.hasOwn(profiles, profile) ? profiles[profile] : undefined;
  const settings = isRecord(own) && Object.hasOwn(own, 'client') ? own['client'] : own;
  return [...outside, ...unknownIn(settings, `okta.profiles.${profile}`)];
}
