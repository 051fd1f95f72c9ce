import { resolve } from 'node:path';
import { makeKey } from '../../../app/secrets/open-secrets.ts';
import { usage } from '../../../domain/codes/app-error.ts';
import { EXIT } from '../../../domain/codes/exit-code.ts';
import type { Execute } from '../../line/commands.ts';
import { withSession } from '../../session.ts';
import { shellWord } from '../../../domain/shell-word.ts';

export const execute: Execute<'secrets keygen'> = async ({ input, terminal }) => {
  const { out } = input.key;
  if (out === undefined)
    throw usage('secrets keygen needs --out FILE.', 'okta-reset secrets keygen --out key.txt');
  return withSession(terminal, async (session) => {
    const recipient = await makeKey(resolve(terminal.host.cwd, out), session.context);
    if (terminal.json) {
      await session.publish({ type: 'key', recipient, file: out });
      return EXIT.ok;
    }
    await terminal.out(`${recipient}\n`);
    if (!terminal.quiet) {
      await terminal.err(
        [
          `The key is in ${out} (mode 600). Anyone who has this file can open the secrets. Without it, nobody can.`,
          `Seal to it:  --secrets-recipient ${recipient}`,
          `Open with:   okta-reset secrets open RUN --identity ${shellWord(out)}`,
          '',
        ].join('\n'),
      );
    }
    return EXIT.ok;
  });
};
