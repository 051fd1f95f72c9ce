import { resolve } from 'node:path';
import { ALL_SCOPES } from '../../config/credentials.ts';
import { appExports } from '../screens/app-exports.ts';
import type { GuideStage } from './stage.ts';
import { askLine, setLine, shellOf } from '../line/shell-lines.ts';

/** The credential that the guide uses for an org: the environment variables, and the lines that set them in a shell. */
export interface GuidedCredential {
  readonly env: Readonly<Record<string, string>>;
  readonly exports: readonly string[];
}

async function guideToken(
  { prompter, terminal }: GuideStage,
  origin: string,
): Promise<GuidedCredential> {
  const shell = shellOf(terminal.host.platform);
  const token = await prompter.askSecret('API token (Security › API › Tokens)');
  return {
    env: { OKTA_CLIENT_ORGURL: origin, OKTA_CLIENT_TOKEN: token },
    exports: [setLine(shell, 'OKTA_CLIENT_ORGURL', origin), askLine(shell, 'OKTA_CLIENT_TOKEN')],
  };
}

async function guideScopes({ prompter }: GuideStage): Promise<readonly string[]> {
  const which = await prompter.choose('Which scopes does it have?', [
    { value: 'all', label: 'All that are useful here', hint: ALL_SCOPES.join(' ') },
    { value: 'typed', label: 'Only some', hint: 'only the scopes that were granted' },
  ] as const);
  if (which === 'all') return [];
  const text = await prompter.ask('Scopes, separated by spaces', {
    example: 'okta.users.manage okta.groups.read',
    check: (typed) =>
      /^[\w.]+([\s,]+[\w.]+)*$/.test(typed) ? undefined : 'Scopes look like okta.users.manage.',
  });
  return text.split(/[\s,]+/);
}

async function guideApp(stage: GuideStage, origin: string): Promise<GuidedCredential> {
  const { prompter, terminal } = stage;
  const clientId = await prompter.ask('Client ID', {
    example: '0oa1b2c3d4e5f6g7h8i9',
    check: (text) =>
      /^\w{8,64}$/.test(text)
        ? undefined
        : 'It is on the app’s page: Applications › the app › Client ID (0oa…).',
  });
  const path = await prompter.ask('File with its private key (PEM or JWK)', {
    example: 'okta-reset.pem',
    check: (text) => {
      if (text === '') return 'Type the path of a file, or press Ctrl-C to leave.';
      return text.startsWith('{') || text.includes('-----BEGIN')
        ? 'Type the path of the file, not the key: this screen shows what you type.'
        : undefined;
    },
  });
  const scopes = await guideScopes(stage);
  const keyFile = resolve(terminal.host.cwd, path);
  return {
    env: {
      OKTA_CLIENT_ORGURL: origin,
      OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
      OKTA_CLIENT_CLIENTID: clientId,
      OKTA_CLIENT_PRIVATEKEY: keyFile,
      ...(scopes.length === 0 ? {} : { OKTA_CLIENT_SCOPES: scopes.join(' ') }),
    },
    exports: appExports({ origin, clientId, keyFile, scopes }, shellOf(terminal.host.platform)),
  };
}

/** A token, or a service app whose key stays in its file. */
export type CredentialKind = 'token' | 'app';

/** Asks which kind of credential to use for the org. */
export function guideCredentialKind({ prompter }: GuideStage): Promise<CredentialKind> {
  return prompter.choose('Which credential?', [
    { value: 'token', label: 'An API token', hint: 'acts with the role of the admin who made it' },
    {
      value: 'app',
      label: 'A service app (OAuth)',
      hint: 'client id, private key and scopes; what Okta recommends',
    },
  ] as const);
}

/** Asks for a credential of that kind. */
export function guideCredential(
  stage: GuideStage,
  kind: CredentialKind,
  origin: string,
): Promise<GuidedCredential> {
  return kind === 'token' ? guideToken(stage, origin) : guideApp(stage, origin);
}
