import { resolve } from 'node:path';
import type { TokenSource } from '../domain/org/token-source.ts';
import { systemCode } from '../disk/disk-error.ts';
import { AppError } from '../domain/codes/app-error.ts';
import { Secret } from '../secrets/secret.ts';
import { CommandTokens } from './command-tokens.ts';
import { refuse, type Holder } from './credential-bond.ts';
import type { ClientSettings } from './yaml/okta-yaml.ts';
import { warnOfReaders, type ConfigSources } from './sources.ts';

/** What the org is called with. */
export type Credentials =
  | { readonly kind: 'ssws'; readonly token: Secret }
  /** API tokens that a command prints. */
  | { readonly kind: 'command'; readonly tokens: TokenSource }
  | {
      readonly kind: 'oauth';
      readonly clientId: string;
      readonly scopes: readonly string[];
      /** Requested too, and left out if the org issues no token with them. */
      readonly optionalScopes: readonly string[];
      /** PEM or JWK (JSON). */
      readonly privateKey: Secret;
      readonly keyId: string | undefined;
    };

function foreign(what: string, path: string, fault = 'it is not yours'): AppError {
  return refuse(
    `${what} is not used: ${fault}.`,
    `A credential file must belong to you or to root, and nobody else may be able to write to it. If it is yours: chmod 600 ${path}`,
  );
}

function checkToken(token: Secret, from: string): Secret {
  const text = token.reveal().trim();
  if (text === '')
    throw refuse(`The API token from ${from} is empty.`, 'Put only the token there.');
  if (/^(SSWS|Bearer|DPoP)\s/i.test(text)) {
    throw refuse(
      `The API token from ${from} starts with the word ${text.split(/\s/, 1)[0] ?? ''}.`,
      'Give only the token; okta-reset adds the word.',
    );
  }
  if (!/^[\x21-\x7e]+$/.test(text)) {
    throw refuse(
      `The API token from ${from} contains spaces, or characters that a token cannot contain.`,
      'Copy it again from Okta: Security › API › Tokens. A file must contain only the token, on one line.',
    );
  }
  return new Secret(text);
}

async function readTokenFile(path: string, sources: ConfigSources): Promise<Secret> {
  const full = resolve(sources.cwd, path);
  let found: Awaited<ReturnType<ConfigSources['readFile']>>;
  try {
    found = await sources.readFile(full);
  } catch (error) {
    throw new AppError('CONFIG_CREDENTIALS', `The token file ${path} cannot be read.`, {
      hint:
        systemCode(error) === 'NO_WRITER'
          ? 'Nothing writes to this pipe. Name a file, or a command in the shell: --token-file <(COMMAND)'
          : `Check that it is a file that you can read: ls -l ${path}`,
      cause: error,
    });
  }
  if (found === undefined)
    throw refuse(`There is no token file ${path}.`, 'Check the path after --token-file.');
  if (found.isForeign) throw foreign(`The token file ${path}`, path, found.fault);
  warnOfReaders(path, 'a token', found.mode, sources);
  return checkToken(new Secret(found.text), path);
}

async function privateKeyOf(settings: ClientSettings, sources: ConfigSources): Promise<Secret> {
  const key = settings.privateKey;
  if (key === undefined) {
    throw refuse(
      'PrivateKey mode is on, but there is no private key.',
      'Set OKTA_CLIENT_PRIVATEKEY to the key (PEM or JWK), or to the path of its file.',
    );
  }
  const text = key.reveal().trim();
  if (text.startsWith('{') || text.includes('-----BEGIN'))
    return new Secret(text.replaceAll('\\n', '\n'));
  const path = resolve(sources.cwd, text);
  const found = await sources.readFile(path).catch(() => undefined);
  if (found === undefined) {
    throw refuse(
      `The private key from ${settings.from} is not a PEM or a JWK, and there is no readable file of that name.`,
      'A PEM starts with “-----BEGIN PRIVATE KEY-----”, a JWK with “{"kty":…”.',
    );
  }
  if (found.isForeign) throw foreign(`The private key file ${path}`, path, found.fault);
  warnOfReaders(path, 'a private key', found.mode, sources);
  return new Secret(found.text.trim());
}

const FROM_COMMAND = 'the token command';

/** Returns the tokens of a command, which runs when the first call needs one. */
function commandCredentials(command: string, sources: ConfigSources): Credentials {
  if (command.trim() === '')
    throw refuse(
      'The token command is empty.',
      'Name the command that prints the token: --token-command "op read op://Private/okta/token"',
    );
  const run = async (signal: AbortSignal) =>
    checkToken(new Secret(await sources.runCommand(command, signal)), FROM_COMMAND);
  const failed = (error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    sources.warn(
      `The org rejected the token, and no other one came: ${why}`,
      'Sign in to your password manager, then resume: nothing is lost.',
    );
  };
  return { kind: 'command', tokens: new CommandTokens({ run, failed }) };
}

/** The scopes that are requested for an app by default: enough to select, reset, revoke and prove. */
const DEFAULT_SCOPES = [
  'okta.users.manage',
  'okta.users.read',
  'okta.groups.read',
  'okta.logs.read',
  'okta.roles.read',
];

/** Also requested by default, but a service app works without them. */
const OPTIONAL_SCOPES = ['okta.policies.read'];

/** Every scope that is of use here. */
export const ALL_SCOPES: readonly string[] = [...DEFAULT_SCOPES, ...OPTIONAL_SCOPES];

const ENVIRONMENT: ClientSettings = { place: 'environment', from: 'the environment' };

/** A credential and where it comes from. */
export interface HeldCredentials {
  readonly credentials: Credentials;
  readonly holder: Holder;
}

function holderOf({ place, from, orgUrl }: ClientSettings): Holder {
  return { place, from, orgUrl };
}

/** Returns the credential of a service app. Rejects with CONFIG_CREDENTIALS. */
async function appCredentials(
  layers: readonly ClientSettings[],
  sources: ConfigSources,
): Promise<HeldCredentials> {
  const first = (key: keyof ClientSettings) => layers.find((layer) => layer[key] !== undefined);
  const withKey = first('privateKey') ?? ENVIRONMENT;
  const clientId = first('clientId')?.clientId;
  if (clientId === undefined || clientId === '') {
    throw refuse(
      'PrivateKey mode is on, but there is no client id.',
      'Set OKTA_CLIENT_CLIENTID to the app’s client id (0oa…).',
    );
  }
  const scopes = (first('scopes')?.scopes ?? '').split(/[\s,]+/).filter((scope) => scope !== '');
  return {
    credentials: {
      kind: 'oauth',
      clientId,
      scopes: scopes.length > 0 ? scopes : DEFAULT_SCOPES,
      optionalScopes: scopes.length > 0 ? [] : OPTIONAL_SCOPES,
      privateKey: await privateKeyOf(withKey, sources),
      keyId: first('keyId')?.keyId,
    },
    holder: holderOf(withKey),
  };
}

/** Returns the token, or the command that prints it, from the first source that has one. Throws CONFIG_CREDENTIALS. */
function tokenCredentials(
  settings: ClientSettings | undefined,
  sources: ConfigSources,
): HeldCredentials {
  const { token, tokenCommand } = settings ?? {};
  if (settings === undefined || (token === undefined && tokenCommand === undefined))
    throw refuse(
      'No credential for the org was found.',
      'Set OKTA_CLIENT_TOKEN, put the token in a file only you may read and pass --token-file FILE, or name the command that prints it: --token-command COMMAND. There is no --token flag: every process on this machine can read arguments.',
    );
  if (token !== undefined && tokenCommand !== undefined)
    throw refuse(
      `${settings.from} has both a token and a tokenCommand.`,
      'Keep one of them there.',
    );
  const holder = holderOf(settings);
  if (tokenCommand !== undefined)
    return { credentials: commandCredentials(tokenCommand, sources), holder };
  if (token === undefined) throw new Error('Neither a token nor a command.');
  return { credentials: { kind: 'ssws', token: checkToken(token, settings.from) }, holder };
}

/** The flags that name a token. */
export interface TokenFlags {
  readonly tokenFile: string | undefined;
  readonly tokenCommand: string | undefined;
}

/**
 * Resolves the credential: `--token-file` or `--token-command`, then the environment, then ./okta.yaml, then
 * ~/.okta/okta.yaml. A command is not run yet, and ./okta.yaml is not allowed to name one. Rejects with CONFIG_CREDENTIALS.
 * A message never contains any part of a credential.
 */
export async function resolveCredentials(
  layers: readonly ClientSettings[],
  { tokenFile, tokenCommand }: TokenFlags,
  sources: ConfigSources,
): Promise<HeldCredentials> {
  if (tokenCommand !== undefined) {
    return {
      credentials: commandCredentials(tokenCommand, sources),
      holder: { place: 'flag', from: '--token-command', orgUrl: undefined },
    };
  }
  if (tokenFile !== undefined) {
    return {
      credentials: { kind: 'ssws', token: await readTokenFile(tokenFile, sources) },
      holder: { place: 'flag', from: '--token-file', orgUrl: undefined },
    };
  }
  const mode = layers.find(({ authorizationMode }) => authorizationMode !== undefined);
  const named = mode?.authorizationMode;
  if (named !== undefined && !['SSWS', 'PrivateKey'].includes(named)) {
    throw refuse(`The authorization mode “${named}” is not supported.`, 'Use SSWS or PrivateKey.');
  }
  const withToken = layers.find(
    ({ token, tokenCommand: command }) => (token ?? command) !== undefined,
  );
  const hasKey = layers.some(({ privateKey }) => privateKey !== undefined);
  if (named === 'PrivateKey' || (named === undefined && withToken === undefined && hasKey))
    return appCredentials(layers, sources);
  return tokenCredentials(withToken, sources);
}
