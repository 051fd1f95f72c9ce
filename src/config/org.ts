import { AppError, usage } from '../domain/codes/app-error.ts';
import { Secret } from '../secrets/secret.ts';
import { checkBond } from './credential-bond.ts';
import { resolveCredentials, type Credentials } from './credentials.ts';
import { checked, group, one, type Values } from './flags/flag.ts';
import { anyText } from './flags/kinds.ts';
import { readOktaYaml, type ClientSettings } from './yaml/okta-yaml.ts';
import { parseOrgUrl, reductionText, type OrgUrl } from './org-url.ts';
import type { ConfigSources } from './sources.ts';

export const ORG = checked(
  group('Org', {
    org: one('org', 'URL', 'https://acme.okta.com (or OKTA_CLIENT_ORGURL)', anyText),
    tokenFile: one(
      'token-file',
      'FILE',
      'file that holds the API token (or OKTA_CLIENT_TOKEN)',
      anyText,
    ),
    tokenCommand: one(
      'token-command',
      'COMMAND',
      'command that prints the API token: op read …, vault kv get …',
      anyText,
    ),
    profile: one('profile', 'NAME', 'okta.profiles.NAME of okta.yaml', anyText),
  }),
  (flags) => {
    if (flags.tokenFile === undefined || flags.tokenCommand === undefined) return flags;
    throw usage(
      '--token-file and --token-command do not go together.',
      'The token needs only one source: pass one of these flags.',
    );
  },
);

export type OrgFlags = Values<typeof ORG.flags>;

export interface OrgConfig extends OrgUrl {
  readonly credentials: Credentials;
}

function fromEnvironment(env: ConfigSources['env']): ClientSettings {
  const value = (name: string) =>
    env[name] === undefined || env[name] === '' ? undefined : env[name];
  const secret = (name: string) => {
    const text = value(name);
    return text === undefined ? undefined : new Secret(text);
  };
  return {
    orgUrl: value('OKTA_CLIENT_ORGURL'),
    token: secret('OKTA_CLIENT_TOKEN'),
    authorizationMode: value('OKTA_CLIENT_AUTHORIZATIONMODE'),
    clientId: value('OKTA_CLIENT_CLIENTID'),
    scopes: value('OKTA_CLIENT_SCOPES'),
    privateKey: secret('OKTA_CLIENT_PRIVATEKEY'),
    keyId: value('OKTA_CLIENT_KEYID') ?? value('OKTA_CLIENT_PRIVATEKEYID'),
    place: 'environment',
    from: 'the environment',
  };
}

/** Refuses to continue if certificate checks are switched off for all of Node. Throws CONFIG_TLS. */
function checkTls({ origin }: OrgUrl, env: ConfigSources['env']): void {
  if (!origin.startsWith('https:') || env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  throw new AppError(
    'CONFIG_TLS',
    'NODE_TLS_REJECT_UNAUTHORIZED=0 turns off certificate checks: somebody between you and Okta could read the credential.',
    {
      hint: 'Unset it. If a proxy inspects TLS, name its certificate: NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
    },
  );
}

/**
 * Resolves the org and its credential: from flags, then the environment, then ./okta.yaml, then ~/.okta/okta.yaml. A profile
 * has precedence over the environment because somebody named it. A credential goes only where `checkBond` allows. Rejects
 * with CONFIG_*.
 */
export async function resolveOrg(flags: OrgFlags, sources: ConfigSources): Promise<OrgConfig> {
  const files = await readOktaYaml(sources, flags.profile);
  const environment = fromEnvironment(sources.env);
  const layers = flags.profile === undefined ? [environment, ...files] : [...files, environment];
  const layer = layers.find(({ orgUrl }) => orgUrl !== undefined);
  const text = flags.org ?? layer?.orgUrl;
  if (text === undefined) {
    throw new AppError('CONFIG_ORG_URL', 'No org is named.', {
      hint: 'Pass --org https://acme.okta.com, or set OKTA_CLIENT_ORGURL. To try without an org: okta-reset demo',
    });
  }
  const url = parseOrgUrl(text);
  const { credentials, holder } = await resolveCredentials(layers, flags, sources);
  const byFlag = flags.org !== undefined || layer === undefined;
  const { place, from } = byFlag ? { place: 'flag' as const, from: '--org' } : layer;
  checkBond({ ...url, place, from }, holder);
  checkTls(url, sources.env);
  const reduced = reductionText(text, url);
  if (reduced !== undefined) sources.note(reduced);
  return { ...url, credentials };
}
