import { AppError } from '../domain/app-error.ts';
import { EXIT } from '../domain/exit-code.ts';
import { Secret } from '../secrets/secret.ts';
import { resolveCredentials, type Credentials } from './credentials.ts';
import { readOktaYaml, type ClientSettings } from './okta-yaml.ts';
import { parseOrgUrl, type OrgUrl } from './org-url.ts';
import type { ConfigSources } from './sources.ts';

export interface OrgFlags {
  readonly org: string | undefined;
  readonly tokenFile: string | undefined;
  readonly profile: string | undefined;
}

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
    from: 'the environment',
  };
}

/**
 * Resolves which org and with what: flags, then environment, then ./okta.yaml, then ~/.okta/okta.yaml.
 * A profile stands before the environment: whoever names it means it.
 */
export async function resolveOrg(flags: OrgFlags, sources: ConfigSources): Promise<OrgConfig> {
  const files = await readOktaYaml(sources, flags.profile);
  const environment = fromEnvironment(sources.env);
  const layers = flags.profile === undefined ? [environment, ...files] : [...files, environment];
  const url = flags.org ?? layers.find((layer) => layer.orgUrl !== undefined)?.orgUrl;
  if (url === undefined) {
    throw new AppError('CONFIG_ORG_URL', 'No org is named.', {
      hint: 'Pass --org https://acme.okta.com, or set OKTA_CLIENT_ORGURL. To try without an org: okta-reset demo',
      exitCode: EXIT.usage,
    });
  }
  const parsed = parseOrgUrl(url);
  for (const file of files) {
    const holdsCredential = (file.token ?? file.privateKey) !== undefined;
    const shadowed =
      environment.token !== undefined ||
      environment.privateKey !== undefined ||
      flags.tokenFile !== undefined;
    if (!holdsCredential || file.orgUrl === undefined || (shadowed && flags.profile === undefined))
      continue;
    const theirs = parseOrgUrl(file.orgUrl);
    if (theirs.origin === parsed.origin) break;
    throw new AppError(
      'CONFIG_CREDENTIALS',
      `The credential in ${file.from} belongs to ${theirs.host}, not to ${parsed.host}.`,
      {
        hint: `It is sent nowhere else. Set OKTA_CLIENT_TOKEN or --token-file for ${parsed.host}, or drop --org.`,
        exitCode: EXIT.usage,
      },
    );
  }
  return { ...parsed, credentials: await resolveCredentials(layers, flags.tokenFile, sources) };
}
