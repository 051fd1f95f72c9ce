import { join } from 'node:path';
import { AppError } from '../domain/app-error.ts';
import { EXIT } from '../domain/exit-code.ts';
import type { Secret } from '../secrets/secret.ts';
import type { YamlClient } from './okta-yaml-schema.ts';
import type { ConfigSources } from './sources.ts';

function isWrapped(value: unknown): value is { readonly client: unknown } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'client');
}

/** What one configuration source says of org and credential; empty where it is silent. */
export interface ClientSettings {
  readonly orgUrl?: string | undefined;
  readonly token?: Secret | undefined;
  readonly authorizationMode?: string | undefined;
  readonly clientId?: string | undefined;
  readonly scopes?: string | undefined;
  readonly privateKey?: Secret | undefined;
  readonly keyId?: string | undefined;
  /** Where it was read, for messages. */
  readonly from: string;
}

function damaged(path: string, cause: unknown): AppError {
  return new AppError('CONFIG_FILE', `${path} is not a configuration file this tool can read.`, {
    hint: 'It is YAML of the form “okta:\\n  client:\\n    orgUrl: https://acme.okta.com\\n    token: …”.',
    exitCode: EXIT.usage,
    // The parser quotes the text around the fault, and that may be the token.
    cause: cause instanceof Error ? cause.name : undefined,
  });
}

async function readYaml(
  path: string,
  sources: ConfigSources,
  profile: string | undefined,
): Promise<ClientSettings | undefined> {
  let found: Awaited<ReturnType<ConfigSources['readFile']>>;
  try {
    found = await sources.readFile(path);
  } catch (error) {
    throw damaged(path, error);
  }
  if (found === undefined) return undefined;
  let settings: YamlClient;
  const [{ parse }, { yamlClient, yamlFile }] = await Promise.all([
    import('yaml'),
    import('./okta-yaml-schema.ts'),
  ]);
  try {
    const { okta } = yamlFile.parse(parse(found.text, { logLevel: 'error' }) ?? {});
    const named = profile === undefined ? okta?.client : okta?.profiles?.[profile];
    if (named === undefined || named === null) return undefined;
    // A profile may be written like the file itself: its settings under `client`.
    settings = yamlClient.parse(isWrapped(named) ? named.client : named);
  } catch (error) {
    throw damaged(path, error);
  }
  if ((settings.token ?? settings.privateKey) !== undefined && (found.mode & 0o077) !== 0) {
    sources.warn(
      `${path} holds a credential and other users of this machine may read it.`,
      `chmod 600 ${path}`,
    );
  }
  return { ...settings, from: path };
}

/**
 * Reads the Okta SDKs' files, nearest first: `./okta.yaml`, then `~/.okta/okta.yaml`.
 * With a profile, `okta.profiles.<name>` of the first file that has it is used alone.
 * Rejects with CONFIG_FILE for a file that is damaged, or a profile that no file has.
 */
export async function readOktaYaml(
  sources: ConfigSources,
  profile: string | undefined,
): Promise<readonly ClientSettings[]> {
  const paths = [join(sources.cwd, 'okta.yaml'), join(sources.homeDir, '.okta', 'okta.yaml')];
  const all: ClientSettings[] = [];
  for (const path of paths) {
    const settings = await readYaml(path, sources, profile);
    if (settings !== undefined) all.push(settings);
  }
  if (profile !== undefined && all.length === 0) {
    throw new AppError('CONFIG_FILE', `No profile “${profile}” in ${paths.join(' or ')}.`, {
      hint: `Add it under “okta: profiles: ${profile}:” with orgUrl and a credential, or leave --profile out.`,
      exitCode: EXIT.usage,
    });
  }
  return profile === undefined ? all : all.slice(0, 1);
}
