import { setLine, type Shell } from '../line/shell-lines.ts';

/** The lines that make a shell use an org by a service app. The key stays in its file. */
export function appExports(
  app: {
    readonly origin: string;
    readonly clientId: string;
    readonly keyFile: string;
    /** Empty: the scopes that okta-reset requests by itself. */
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
