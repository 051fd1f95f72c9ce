import { setLine, type Shell } from '../line/shell-lines.ts';

/** Returns the lines with which a shell uses an org through a service app. The key stays in its file. */
export function appExports(
  app: {
    readonly origin: string;
    readonly clientId: string;
    readonly keyFile: string;
    /** Empty for the scopes that okta-reset requests by default. */
    readonly scopes: readonly string[];
    readonly keyId?: string | undefined;
  },
  shell: Shell,
): readonly string[] {
  const { origin, clientId, keyFile, scopes, keyId } = app;
  const line = (name: string, value: string) => setLine(shell, `OKTA_CLIENT_${name}`, value);
  return [
    line('ORGURL', origin),
    line('AUTHORIZATIONMODE', 'PrivateKey'),
    line('CLIENTID', clientId),
    line('PRIVATEKEY', keyFile),
    ...(keyId === undefined ? [] : [line('KEYID', keyId)]),
    ...(scopes.length === 0 ? [] : [line('SCOPES', scopes.join(' '))]),
  ];
}
