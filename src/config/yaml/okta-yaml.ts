import { join } from 'node:path';
import { AppError } from '../../domain/codes/app-error.ts';
import type { Place } from '../credential-bond.ts';
import type { ConfigFile } from './config-file.ts';
import type { YamlClient } from './okta-yaml-schema.ts';
import { warnOfReaders, type ConfigSources } from '../sources.ts';

function isWrapped(value: unknown): value is { readonly client: unknown } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'client');
}

/** What one configuration source says about org and credential; empty if it says nothing. */
export interface ClientSettings extends Readonly<Partial<YamlClient>> {
  readonly place: Exclude<Place, 'flag'>;
  /** Where it was read, for messages. */
  readonly from: string;
}

/** A configuration with a private key has a few thousand characters. The time and memory of the parser grow with nesting. */
const MOST_CHARACTERS = 65_536;

function damaged(path: string, where: string, cause: unknown): AppError {
  return new AppError(
    'CONFIG_FILE',
    `${path}${where} is not a configuration file that okta-reset can read.`,
    {
      hint: 'It has to be YAML such as “okta: { client: { orgUrl: https://acme.okta.com, token: … } }”.',
      // The parser quotes the text around the error, which might be the token.
      cause: cause instanceof Error ? cause.name : undefined,
    },
  );
}

/** Returns the position of a YAML error: `, line 3, column 5`. */
function placeOf(error: unknown): string {
  const found: unknown =
    typeof error === 'object' && error !== null && 'linePos' in error ? error.linePos : undefined;
  const [start] = Array.isArray(found)
    ? (found as readonly { readonly line: number; readonly col: number }[])
    : [];
  return start === undefined ? '' : `, line ${start.line}, column ${start.col},`;
}

interface YamlPlace {
  readonly path: string;
  readonly place: 'home' | 'folder';
}

/** Returns the paths of the files, nearest first. */
function placesOf({ homeDir, cwd }: ConfigSources): readonly YamlPlace[] {
  const home = join(homeDir, '.okta', 'okta.yaml');
  const folder = join(cwd, 'okta.yaml');
  return [...new Set([folder, home])].map((path) => ({
    path,
    place: path === home ? 'home' : 'folder',
  }));
}

/** Reads the file, unless it is in the working folder and somebody else could have written it. */
async function readOwn(
  { path, place }: YamlPlace,
  sources: ConfigSources,
): Promise<ConfigFile | undefined> {
  let found: ConfigFile | undefined;
  try {
    found = await sources.readFile(path);
  } catch (error) {
    throw damaged(path, '', error);
  }
  if (found?.isForeign !== true) return found;
  if (place === 'home')
    throw new AppError('CONFIG_FILE', `${path} is not used: ${found.fault ?? 'it is not yours'}.`, {
      hint: `Somebody else may have put an org or a credential there. If you are sure that nobody did: chmod 600 ${path}`,
    });
  sources.warn(
    `${path} is ignored: somebody else owns it or can write to it, so it could send your credential to another org.`,
    `If it is yours: chmod 600 ${path}. Or name the org by --org.`,
  );
  return undefined;
}

async function readYaml(
  at: YamlPlace,
  sources: ConfigSources,
  profile: string | undefined,
): Promise<ClientSettings | undefined> {
  const { path, place } = at;
  const found = await readOwn(at, sources);
  if (found === undefined) return undefined;
  if (found.text.length > MOST_CHARACTERS) throw damaged(path, '', undefined);
  let settings: YamlClient;
  const [{ parse }, { yamlClient, yamlFile }, { KNOWN_KEYS, unknownKeys }] = await Promise.all([
    import('yaml'),
    import('./okta-yaml-schema.ts'),
    import('./okta-yaml-keys.ts'),
  ]);
  try {
    const file: unknown = parse(found.text, { logLevel: 'error', prettyErrors: true }) ?? {};
    const { okta } = yamlFile.parse(file);
    for (const { path: key, meant } of unknownKeys(file, profile))
      sources.warn(
        `${path}: ${key} does nothing.`,
        meant === undefined ? KNOWN_KEYS : `Did you mean ${meant}?`,
      );
    const named = profile === undefined ? okta?.client : okta?.profiles?.[profile];
    if (named === undefined || named === null) return undefined;
    // A profile can have the form of the file itself, with its settings under `client`.
    settings = yamlClient.parse(isWrapped(named) ? named.client : named);
  } catch (error) {
    throw damaged(path, placeOf(error), error);
  }
  if ((settings.token ?? settings.privateKey) !== undefined)
    warnOfReaders(path, 'a credential', found.mode, sources);
  if (place === 'folder' && settings.tokenCommand !== undefined) {
    sources.warn(
      `${path}: tokenCommand is not run: somebody else may have put that file there.`,
      'Put it into ~/.okta/okta.yaml, or pass --token-command.',
    );
    return { ...settings, tokenCommand: undefined, place, from: path };
  }
  return { ...settings, place, from: path };
}

/** Lists the names of the profiles in the Okta SDKs' files, each once. Rejects with CONFIG_FILE. */
export async function profilesIn(sources: ConfigSources): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const at of placesOf(sources)) {
    const found = await readOwn(at, sources);
    if (found === undefined || found.text.length > MOST_CHARACTERS) continue;
    const [{ parse }, { yamlFile }] = await Promise.all([
      import('yaml'),
      import('./okta-yaml-schema.ts'),
    ]);
    try {
      const { okta } = yamlFile.parse(parse(found.text, { logLevel: 'error' }) ?? {});
      for (const name of Object.keys(okta?.profiles ?? {})) names.add(name);
    } catch (error) {
      throw damaged(at.path, placeOf(error), error);
    }
  }
  return [...names];
}

/**
 * Reads the Okta SDKs' files, nearest first: `./okta.yaml`, then `~/.okta/okta.yaml`. With a profile, uses only
 * `okta.profiles.<name>` of the first file that has it. Rejects with CONFIG_FILE for a malformed file, or for a profile that
 * no file has.
 */
export async function readOktaYaml(
  sources: ConfigSources,
  profile: string | undefined,
): Promise<readonly ClientSettings[]> {
  const places = placesOf(sources);
  const all: ClientSettings[] = [];
  for (const at of places) {
    const settings = await readYaml(at, sources, profile);
    if (settings !== undefined) all.push(settings);
  }
  if (profile !== undefined && all.length === 0) {
    throw new AppError(
      'CONFIG_FILE',
      `No profile “${profile}” in ${places.map(({ path }) => path).join(' or ')}.`,
      {
        hint: `Add it under “okta: profiles: ${profile}:” with orgUrl and a credential, or leave --profile out.`,
      },
    );
  }
  return profile === undefined ? all : all.slice(0, 1);
}
