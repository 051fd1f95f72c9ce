import type { CommandLines } from '../../../domain/run/next-commands.ts';
import type { PlannedRun } from '../../../app/plan/plan-run.ts';
import { formatConfirmation } from '../../../domain/plan/confirmation.ts';
import { RUN_FILES, type RunFile } from '../../../domain/run/run-file.ts';
import { DRY_RUN } from './preview-screen.ts';
import type { Style } from '../../terminal/style.ts';
import { styled, type Text } from '../../../text/styled.ts';
import { counted } from '../../../domain/counted.ts';

/** Describes a dry run in one line, for `--quiet`. */
export function planLine({ name, run }: PlannedRun): Text {
  return `${counted(run.preview.targets, 'user')} on ${run.host} would be acted on. Plan: ${name}\n`;
}

const agreedTo = ({ targets, host, planDigest }: RunFile) =>
  formatConfirmation({ count: targets, host, digest: planDigest });

/**
 * Makes the end of a dry run: where the plan is, and the command that executes it. If the action returns secrets and `key`
 * is missing, a command that makes the key comes first.
 */
export function planEnd(
  { name, run }: PlannedRun,
  continuation: CommandLines,
  { style, key }: { readonly style: Style; readonly key: 'set' | 'missing' },
): readonly Text[] {
  const recipient = key === 'missing' ? ' --secrets-recipient age1…' : '';
  const what = run.spec.action === 'temp-password' ? 'temporary passwords' : 'reset links';
  const makeKey = [
    `The ${what} need a key. Make one:`,
    styled`        ${style.bold('okta-reset secrets keygen --out key.txt')}`,
    'Then pass what it prints (age1…):',
  ];
  return [
    '',
    `Plan    ${name}`,
    `Report  ${name}/${RUN_FILES.report}`,
    ...(run.preview.targets === 0
      ? ['Next    nothing: nobody would be acted on']
      : [
          ...(key === 'missing' ? makeKey : []),
          styled`Next    ${style.bold(`${continuation.run(name)}${recipient}`)}`,
          'Or have somebody else execute exactly this plan:',
          styled`        ${style.bold(`${continuation.run(name, agreedTo(run))}${recipient}`)}`,
        ]),
    '',
    style.cyan(DRY_RUN),
    '',
  ];
}
