import { resolve } from 'node:path';
import { openSandbox } from '../../app/sandbox.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import type { Execute } from '../line/commands.ts';
import { appExports } from '../screens/app-exports.ts';
import { withSession } from '../session.ts';
import { setLine, type Shell } from '../line/shell-lines.ts';
import { counted } from '../../domain/counted.ts';
import { asLines, styled } from '../../text/styled.ts';

export const execute: Execute<'sandbox'> = async ({ input, terminal }) => {
  const { sandbox: request } = input;
  return withSession(terminal, async (session) => {
    const { drain } = session.context.interrupt;
    const sandbox = await openSandbox(request, session.context);
    try {
      const { stats, clientId = '' } = sandbox;
      const { serviceApp } = request;
      const keyFile =
        serviceApp === undefined ? undefined : resolve(terminal.host.cwd, serviceApp.keyFile);
      const scopes = serviceApp?.scopes ?? [];
      const setLines = (shell: Shell) =>
        keyFile === undefined
          ? [
              setLine(shell, 'OKTA_CLIENT_ORGURL', sandbox.url),
              setLine(shell, 'OKTA_CLIENT_TOKEN', sandbox.token),
            ]
          : appExports({ origin: sandbox.url, clientId, keyFile, scopes }, shell);
      if (terminal.json) {
        await session.publish({
          type: 'sandbox',
          url: sandbox.url,
          token: sandbox.token,
          users: request.users,
          ...(keyFile === undefined ? {} : { clientId, keyFile, scopes }),
        });
      } else {
        const { bold } = terminal.outStyle;
        await terminal.out(
          asLines([
            styled`An Okta org of ${counted(request.users, 'made-up user')} listens at ${bold(sandbox.url)}. In another terminal:`,
            '',
            ...setLines('posix').map((line) => `  ${line}`),
            '  In PowerShell:',
            ...setLines('powershell').map((line) => `  ${line}`),
            '  Then:',
            `  okta-reset users --all > users.csv`,
            `  okta-reset plan --file users.csv`,
            '',
            ...(keyFile === undefined
              ? []
              : [`The service app’s private key is in ${keyFile} (mode 600).`]),
            `Who was emailed: ${sandbox.url}/sandbox/outbox`,
            `What happened:   ${sandbox.url}/sandbox/stats`,
            'Ctrl-C ends it, and nothing is kept.',
            '',
          ]),
        );
      }
      await new Promise<void>((resolve) => {
        if (drain.aborted) resolve();
        else drain.addEventListener('abort', () => resolve());
      });
      if (terminal.json) await session.publish({ type: 'sandbox-ended', stats: stats() });
      return EXIT.ok;
    } finally {
      await sandbox.close();
    }
  });
};
