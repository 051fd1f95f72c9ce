import { EXIT } from '../../domain/codes/exit-code.ts';
import type { RunLine } from '../line/commands.ts';
import { guide } from '../guide/guide.ts';
import type { Terminal } from '../terminal/terminal.ts';

/**
 * What `okta-reset` does without a command: it guides a person through the job, or shows what there is. Returns the exit
 * code.
 */
export async function startGuide(terminal: Terminal, call: RunLine): Promise<number> {
  if (terminal.interactive && terminal.stdout.isTty) {
    const { terminalPrompter } = await import('../terminal/prompter.ts');
    return guide({ prompter: terminalPrompter, terminal, call });
  }
  await terminal.err(
    [
      'okta-reset makes thousands of Okta users set a new password: safely, exactly once, with a report.',
      '',
      '  okta-reset demo                    see the whole job on a made-up org, in under a minute',
      '  okta-reset doctor                  check org and credential',
      '  okta-reset plan --file users.csv    preview; sends nothing',
      '  okta-reset --help                  everything else',
      '',
    ].join('\n'),
  );
  return EXIT.usage;
}
