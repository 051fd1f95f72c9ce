import { runFileOf } from '../app/rerun-rows.ts';
import { newestRun } from '../app/run-location.ts';
import { runName } from '../app/run-name.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { EXIT } from '../domain/exit-code.ts';
import { shellWord } from '../domain/shell-word.ts';
import { guideOrg, type GuidedOrg } from './guide-org.ts';
import type { GuideStage } from './guide-stage.ts';
import { guideWhat, type GuidedAction } from './guide-what.ts';
import { guideWhom } from './guide-whom.ts';
import { plural } from './words.ts';

const CANARY = 5;
/** Warnings of protecting lists that could not be read whole. */
const UNREAD: ReadonlySet<string> = new Set(['admins-unknown', 'excluded-unknown', 'self-unknown']);

const line = (words: readonly string[]) => ['okta-reset', ...words].map(shellWord).join(' ');

interface Guided {
  readonly org: GuidedOrg;
  readonly whom: readonly string[];
  readonly what: GuidedAction;
}

/** Shows the command line that does the same without the guide. */
function showLine({ prompter }: GuideStage, guided: Guided, canary: readonly string[]): void {
  const { org, whom, what } = guided;
  prompter.note('The same without this guide', [
    ...org.exports,
    line(['run', ...whom, ...what.flags, ...what.secrets, ...canary]),
  ]);
}

async function guideRun(stage: GuideStage, guided: Guided): Promise<number> {
  const { prompter, call } = stage;
  const { host } = guided.org;
  const dir = await newestRun(host.cwd, DEFAULTS.reportsDir);
  const run = await runFileOf(dir);
  if (run.targets === 0) {
    prompter.end('Nobody is left to act on. Nothing was sent.');
    return EXIT.ok;
  }
  const first = Math.min(CANARY, run.targets);
  const how = await prompter.choose('That is the preview. And now?', [
    {
      value: 'canary',
      label: `Try ${plural(first, 'user')} first`,
      hint: 'reads them back, and goes on only if all took effect',
    },
    { value: 'run', label: `Run all ${plural(run.targets, 'user')}` },
    { value: 'later', label: 'Not now', hint: 'the plan is kept' },
  ] as const);
  const name = runName(dir, host.cwd);
  // Mail to made-up people passes no scanner.
  const wait = guided.org.lasting ? [] : ['--canary-wait', '0'];
  const canary = how === 'canary' ? ['--canary', String(first), ...wait] : [];
  if (how === 'later') {
    showLine(stage, guided, canary);
    const secrets = guided.what.secrets.map((word) => ` ${shellWord(word)}`).join('');
    prompter.end(
      `Nothing was sent. When you are ready:\n\n   okta-reset run --plan ${name}${secrets}`,
    );
    return EXIT.ok;
  }
  const wanted = `${run.targets}@${run.host}`;
  // Where somebody might not be spared the run itself asks, about exactly that.
  const unread = run.preview.warnings.some(({ code }) => UNREAD.has(code));
  const confirm = unread
    ? []
    : [
        '--confirm',
        await prompter.ask(`This cannot be undone. Type ${wanted} to go on`, {
          example: wanted,
          check: (text) => (text === wanted ? undefined : `Not ${wanted}. Ctrl-C leaves.`),
        }),
      ];
  const argv = ['run', '--plan', dir, ...confirm, ...canary, ...guided.what.secrets];
  const code = await call(argv, host);
  showLine(stage, guided, canary);
  // Commands stand on lines of their own, to be copied whole.
  prompter.end(
    guided.org.lasting
      ? `Who has set a new password, and who is stuck:\n\n   okta-reset followup ${name}`
      : 'The made-up org is gone with this program; the report stays.',
  );
  return code;
}

/**
 * Walks a newcomer through org, whom, what, preview, canary and run, with the very commands that it prints at the end.
 * Returns the exit code. Rejects with StopRequest when the person leaves.
 */
export async function guide(stage: GuideStage): Promise<number> {
  const { prompter, call } = stage;
  prompter.begin('okta-reset · nothing is sent before you have seen a preview and said yes');
  const org = await guideOrg(stage);
  try {
    for (;;) {
      const whom = await guideWhom(stage);
      const what = await guideWhat(stage);
      const code = await call(['plan', ...whom, ...what.flags], org.host);
      if (code === EXIT.ok) return await guideRun(stage, { org, whom, what });
      const next = await prompter.choose('There is no plan to show. And now?', [
        { value: 'again', label: 'Choose anew' },
        { value: 'leave', label: 'Leave' },
      ] as const);
      if (next === 'leave') return code;
    }
  } finally {
    await org.close();
  }
}
