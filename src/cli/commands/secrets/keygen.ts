import { resolve } from 'node:path';
import { makeKey } from '../../../app/secrets/open-secrets.ts';
import { usage } from '../../../config/option.ts';
import { EXIT } from '../../../domain/codes/exit-code.ts';
import type { Execute } from '../../line/command.ts';
import { openSession } from '../../session.ts';
import { text } from '../../line/flags/typed-flags.ts';
import { shellWord } from '../../../domain/shell-word.ts';

export const execute: Execute = async ({ parsed, terminal }) => {
  const out = text(parsed, 'out');
  if (out === undefined)
    throw usage('secrets keygen needs --out FILE.', 'okta-reset secrets keygen --out key.txt');
  const session = openSession(terminal);
  try {
    const recipient = await makeKey(resolve(terminal.host.cwd, out), session.context);
    if (terminal.json) {
      await session.publish({ type: 'key', recipient, file: out });
      return EXIT.ok;
    }
    await terminal.out(`${recipient}\n`);
    if (!terminal.quiet) {
      await terminal.err(
        [
          `The key is in ${out} (mode 600). Whoever has this file can open the secrets; without it nobody can.`,
          `Seal to it:  --secrets-recipient ${recipient}`,
          `Open with:   okta-reset secrets open RUN --identity ${shellWord(out)}`,
          '',
        ].join('\n'),
      );
    }
    return EXIT.ok;
  } finally {
    await session.close();
  }
};
