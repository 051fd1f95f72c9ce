import { resolve } from 'node:path';
import { openSecrets } from '../../../app/secrets/open-secrets.ts';
import { usage } from '../../../domain/codes/app-error.ts';
import { EXIT } from '../../../domain/codes/exit-code.ts';
import type { Execute } from '../../line/commands.ts';
import { locate, runReference } from '../../line/run-reference.ts';
import { isComplete, openedSecretsText } from '../../screens/opened-secrets.ts';
import { withSession } from '../../session.ts';

export const execute: Execute<'secrets open'> = async ({ input, word, terminal }) => {
  const reference = runReference('secrets open', word, input.run);
  const { cwd } = terminal.host;
  const { out, show } = input.secrets;
  const identities = input.secrets.identities.map((path) => resolve(cwd, path));
  if (out === undefined && terminal.stdout.isTty && !show) {
    throw usage(
      'This would show the secrets on the screen.',
      'Write them to a file that only you can read (--out passwords.csv), or pass --show if nobody can see the screen and the terminal keeps no log.',
    );
  }
  // The rows are the output itself, and the events of --json do not belong in it.
  return withSession({ ...terminal, json: false }, async (session) => {
    const dir = await locate(reference, 'secrets', session);
    const format = terminal.json ? 'ndjson' : 'csv';
    const found = await openSecrets(
      { dir, identities, format },
      out === undefined ? terminal.stdout : resolve(cwd, out),
      session.context,
    );
    await session.settle();
    const complete = isComplete(found);
    if (!terminal.quiet || !complete)
      await terminal.err(`${openedSecretsText(found).join('\n')}\n`);
    return complete ? EXIT.ok : EXIT.partial;
  });
};
