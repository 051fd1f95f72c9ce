import { dirname, resolve } from 'node:path';
import { findRun } from '../../app/runs/open-run.ts';
import { newestRun } from '../../app/runs/run-location.ts';
import { runName } from '../../app/runs/run-name.ts';
import type { ListedRun } from '../../app/runs/list-runs.ts';
import { doneOf, isInterrupted, waitingRuns } from '../../app/runs/waiting-runs.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import { ACTIONS } from '../../domain/plan/action.ts';
import { formatDuration } from '../../domain/duration.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { configuredHost, guideOrg, guideOrgOf, type GuidedOrg } from './ask-org.ts';
import { type GuideStage } from './stage.ts';
import { withSession } from '../session.ts';
import { guideWhat } from './ask-action.ts';
import { guideWhom } from './ask-users.ts';
import { asCalled } from '../../domain/program.ts';
import type { ShownPlan } from '../line/commands.ts';
import { count, counted } from '../../domain/counted.ts';

const CANARY = 5;
/** Nobody looks through a longer list, and `runs` shows all of them. */
const MOST_OFFERED = 5;

interface Guided {
  readonly org: GuidedOrg;
  /** The words that do the same without the guide, from the command on; undefined if a run is continued. */
  readonly asTyped: readonly string[] | undefined;
  readonly secrets: readonly string[];
}

/** Returns a command line with everything that it needs in a shell. */
function line({ host, flags }: GuidedOrg, words: readonly string[]): string {
  const typed = ['okta-reset', ...words, ...flags].map(shellWord).join(' ');
  return asCalled(typed, host.program);
}

/** Puts commands on separate lines to be copied completely, after what must be set in the shell. */
function toCopy(org: GuidedOrg, words: readonly string[]): readonly string[] {
  return [...org.exports, line(org, words)].map((text) => `   ${text}`);
}

/** Shows the command line that does the same without the guide. */
function showLine({ prompter }: GuideStage, { org, asTyped }: Guided, more: readonly string[]) {
  if (asTyped === undefined) return;
  prompter.note('The same as a command', [...org.exports, line(org, ['run', ...asTyped, ...more])]);
}

/** Returns a run in which something is left to do; undefined if it has ended. */
async function leftOver({ terminal }: GuideStage, dir: string): Promise<ListedRun | undefined> {
  const path = resolve(terminal.host.cwd, dir);
  const runs = await withSession(terminal, ({ context }) => waitingRuns(dirname(path), context));
  return runs.find((run) => run.dir === path);
}

async function endWith(stage: GuideStage, guided: Guided, dir: string): Promise<void> {
  const { prompter } = stage;
  const { org, secrets } = guided;
  if (!org.lasting) {
    prompter.end(['The made-up org ends with this program. The report stays.']);
    return;
  }
  const name = runName(dir, org.host.cwd);
  const left = await leftOver(stage, dir);
  if (left !== undefined && !isInterrupted(left)) {
    const words = ['run', '--plan', name, ...secrets];
    prompter.end(['Nothing was sent. When you are ready:', '', ...toCopy(org, words)]);
    return;
  }
  const followup = ['followup', name];
  const resume = ['resume', name, ...secrets];
  const lookLater = 'See who has set a new password and who is stuck';
  if (left === undefined) prompter.end([`${lookLater}:`, '', ...toCopy(org, followup)]);
  // The users of the canary are stuck, and the others would be stuck too.
  else if (left.next[0]?.does.kind === 'followup')
    prompter.end([
      'First see which canary users are stuck, and how to help them:',
      '',
      ...toCopy(org, followup),
      '',
      'Continue with the rest when you have fixed the cause of the stop:',
      '',
      `   ${line(org, resume)}`,
    ]);
  else
    prompter.end([
      'Continue with the rest:',
      '',
      ...toCopy(org, resume),
      '',
      `${lookLater}:`,
      '',
      `   ${line(org, followup)}`,
    ]);
}

/** Executes a plan that was shown: a few users first, all of them, or later. The run itself asks for the consent. */
async function guideRun(
  stage: GuideStage,
  guided: Guided,
  dir: string,
  shown: ShownPlan,
): Promise<number> {
  const { prompter, call } = stage;
  const { org, secrets } = guided;
  const run = shown.run ?? (await findRun(dir)).run;
  if (run.targets === 0) {
    prompter.end(['There is nobody to act on. Nothing was sent.']);
    return EXIT.ok;
  }
  const first = Math.min(CANARY, run.targets);
  const how = await prompter.choose(
    shown.run !== undefined ? 'That is the preview. What now?' : 'What now?',
    [
      {
        value: 'canary',
        label: `Try ${counted(first, 'user')} first`,
        hint: 'reads them back, shows them, and asks before the rest',
      },
      { value: 'run', label: `Run all ${counted(run.targets, 'user')}` },
      { value: 'later', label: 'Not now', hint: 'the plan is kept' },
    ] as const,
  );
  // Emails to made-up users pass through no scanner.
  const wait = guided.org.lasting ? [] : ['--canary-wait', '0'];
  const canary =
    how === 'canary' && first < run.targets ? ['--canary', String(first), ...wait] : [];
  if (how === 'later') {
    showLine(stage, guided, [...secrets, ...canary]);
    const words = ['run', '--plan', runName(dir, org.host.cwd), ...secrets];
    prompter.end(['Nothing was sent. When you are ready:', '', ...toCopy(org, words)]);
    return EXIT.ok;
  }
  const argv = ['run', '--plan', dir, ...canary, ...secrets, ...org.flags];
  const code = await call(argv, org.host, shown);
  showLine(stage, guided, [...secrets, ...canary]);
  await endWith(stage, guided, dir);
  return code;
}

/** Continues an interrupted run, or executes a waiting plan. */
async function goOn(stage: GuideStage, run: ListedRun): Promise<number | undefined> {
  const { dir } = run;
  const org = await guideOrgOf(stage, run);
  if (org === undefined) return undefined;
  const guided: Guided = { org, asTyped: undefined, secrets: [] };
  if (!isInterrupted(run)) return guideRun(stage, guided, dir, {});
  const code = await stage.call(['resume', dir, ...org.flags], org.host);
  await endWith(stage, guided, dir);
  return code;
}

const isMadeUp = (host: string) => /^(?:127\.|localhost\b|\[::1\])/.test(host);

/**
 * Returns the runs to offer. Runs on a sandbox are offered only while it is the configured org, because other sandboxes are
 * gone.
 */
async function offered(stage: GuideStage): Promise<readonly ListedRun[]> {
  const { cwd } = stage.terminal.host;
  const known = await configuredHost(stage);
  const found = await withSession(stage.terminal, ({ context }) =>
    waitingRuns(resolve(cwd, DEFAULTS.reportsDir), context),
  );
  return found.filter(({ host }) => host === known || !isMadeUp(host)).slice(0, MOST_OFFERED);
}

function offer(run: ListedRun) {
  const what = ACTIONS[run.spec.action].ask(run.targets, counted(run.targets, 'user'));
  const age = formatDuration(run.ageMs);
  return {
    value: run.runId,
    label: isInterrupted(run)
      ? `Continue the interrupted run: ${count(doneOf(run))} of ${count(run.targets)} are done`
      : `Execute the saved plan: ${counted(run.targets, 'user')}`,
    hint: `${what} on ${run.host}; ${age} ago; ${run.runId}`,
  };
}

/** Makes a new plan, step by step, and executes it. */
async function startNew(stage: GuideStage): Promise<number> {
  const { prompter, call } = stage;
  const org = await guideOrg(stage);
  try {
    for (;;) {
      const whom = await guideWhom(stage);
      const { flags, secrets } = await guideWhat(stage);
      const shown: ShownPlan = {};
      const code = await call(['plan', ...whom, ...flags, ...org.flags], org.host, shown);
      if (code === EXIT.ok) {
        const dir = await newestRun(org.host.cwd, DEFAULTS.reportsDir);
        return await guideRun(stage, { org, asTyped: [...whom, ...flags], secrets }, dir, shown);
      }
      const next = await prompter.choose('There is no plan to show. What now?', [
        { value: 'again', label: 'Choose again' },
        { value: 'leave', label: 'Leave' },
      ] as const);
      if (next === 'leave') return code;
    }
  } finally {
    await org.close();
  }
}

/**
 * Guides a new user through org, users, action, preview, canary and run, with the same commands that it prints at the end.
 * If there is an interrupted run or a plan that waits, it offers that first. Returns the exit code. Rejects with StopRequest
 * when the person leaves.
 */
export async function guide(stage: GuideStage): Promise<number> {
  const { prompter } = stage;
  prompter.begin('okta-reset · nothing is sent until you have seen a preview and said yes');
  const waiting = await offered(stage);
  if (waiting.length > 0) {
    const chosen = await prompter.choose('What do you want to do?', [
      ...waiting.map(offer),
      { value: 'new', label: 'Something new' },
    ]);
    const run = waiting.find(({ runId }) => runId === chosen);
    const code = run === undefined ? undefined : await goOn(stage, run);
    if (code !== undefined) return code;
  }
  return startNew(stage);
}
