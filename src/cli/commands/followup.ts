import { STEP_ORDERS } from '../../domain/plan/action.ts';
import type { AppContext } from '../../app/context.ts';
import { takeFollowup, type TakenFollowup } from '../../app/followup/followup.ts';
import { STUCK_STATES, type FollowupState } from '../../app/followup/followup-state.ts';
import { restingRun } from '../../app/rerun/rerun-rows.ts';
import { findRun } from '../../app/runs/open-run.ts';
import { resendOf } from '../../app/followup/resend.ts';
import { bareAction } from '../../config/action.ts';
import type { Flag, Given } from '../../config/flags/flag.ts';
import { GUARDS } from '../../config/guards.ts';
import { usage } from '../../domain/codes/app-error.ts';
import { resolveOrg } from '../../config/org.ts';
import { OUT, SECRETS } from '../../config/output.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import type { Execute, Input } from '../line/commands.ts';
import { continuationOf } from '../../config/continuation.ts';
import { nextOfFollowup } from '../../app/followup/next-of-followup.ts';
import { followupLine, followupScreen } from '../screens/followup-screen.ts';
import { isOver, watchOnScreen, type Watch } from '../screens/followup-watch.ts';
import { planInput } from '../line/plan-input.ts';
import { locate, runReference } from '../line/run-reference.ts';
import { withSession, type Session } from '../session.ts';
import { RESEND } from '../line/own-flags.ts';
import { planAndExecute } from '../plan-and-show.ts';
import { counted } from '../../domain/counted.ts';
import { asLines } from '../../text/styled.ts';

const WATCH_EVERY_MS = 60_000;

const FOR_RESEND = [RESEND, GUARDS, OUT, SECRETS]
  .flatMap(({ flags }) => Object.values<Flag>(flags))
  .filter((flag) => flag !== RESEND.flags.resend);

/** Refuses flags that have no effect without another one. */
function refuseStray({ watch, resend }: Input<'followup'>, given: Given): void {
  const stray = FOR_RESEND.find(({ name }) => given.has(name));
  if (!resend.resend && stray !== undefined)
    throw usage(
      `--${stray.name} works only with --resend.`,
      'Without --resend nothing is sent, so there is nothing to confirm.',
    );
  if (watch.everyMs !== undefined && !watch.watch)
    throw usage('--every works only with --watch.', 'Example: --watch --every 5m');
  if (watch.watch && resend.resend)
    throw usage('--watch and --resend do not go together.', 'Resend first, then watch.');
}

/** Shows the result: the whole screen, or one line (`line`), or an event. */
async function show(
  taken: TakenFollowup,
  { dir, lines }: Pick<Watch, 'dir' | 'lines'>,
  session: Session,
  line = false,
): Promise<void> {
  await session.settle();
  const { terminal } = session;
  const { followup } = taken;
  if (terminal.json) {
    await session.publish({ type: 'followup', dir, ...followup });
    return;
  }
  const options = { width: terminal.stdout.size().columns, style: terminal.outStyle };
  const next = () => nextOfFollowup(taken, dir, lines, terminal.host.cwd);
  const shown = line ? [followupLine(followup)] : followupScreen(followup, next(), options);
  await terminal.out(asLines([...shown, '']));
  if (followup.linkLifetimeFrom === 'assumed' && !terminal.quiet && !line) {
    await terminal.err(
      'The lifetime of reset links cannot be read; one hour is assumed. On Classic orgs, set it: --link-lifetime TIME.\n',
    );
  }
}

/** Repeats the follow-up, in one line each time, until everybody has finished or is gone, or somebody presses Ctrl-C. */
async function watchInLines(watch: Watch, session: Session): Promise<void> {
  const { clock } = session.context.host;
  const { drain } = session.context.interrupt;
  try {
    for (let looks = 0; ; looks += 1) {
      const taken = await watch.look(session.context);
      const over = isOver(taken.followup);
      await show(taken, watch, session, looks > 0 && !over);
      if (over) return;
      await clock.sleep(watch.everyMs, drain);
    }
  } catch (error) {
    // Ctrl-C is the normal end of a watch.
    if (!drain.aborted) throw error;
  }
}

/** Plans a run over the users who are stuck, and executes it. */
async function resend(
  taken: TakenFollowup,
  dir: string,
  { input, given }: { readonly input: Input<'followup'>; readonly given: Given },
  session: Session,
): Promise<number> {
  const { terminal, context } = session;
  const { action, again } = input.resend;
  const users = taken.chosen.size;
  if (users === 0) {
    if (!terminal.json && !terminal.quiet)
      await terminal.out('\nNobody is stuck: there is nothing to resend.\n');
    return EXIT.ok;
  }
  const { run } = await findRun(dir);
  const plan = await planInput(
    {
      dir,
      spec: action === undefined ? { ...run.spec, order: STEP_ORDERS[0] } : bareAction(action),
      policy: { ...run.policy, resend: true, lookup: true, sinceMs: undefined, again },
      ...resendOf(dir, taken, input.guards.forceUnlock, context),
    },
    input,
    session,
    'executes',
  );
  if (!terminal.json)
    await terminal.out(`\nA new run over ${counted(users, 'user')} who need it:\n\n`);
  return planAndExecute(plan, { input, given }, session);
}

export const execute: Execute<'followup'> = async ({ input, given, word, terminal }) => {
  const { pace, watch, links, resend: asked } = input;
  const reference = runReference('followup', word, input.run);
  refuseStray(input, given);
  // A full screen itself says how a watch ends, and has no room for other messages.
  const onScreen = watch.watch && terminal.animated && terminal.stdout.isTty;
  return withSession(
    terminal,
    async (session) => {
      const dir = await locate(reference, asked.resend ? 'resend' : 'followup', session);
      if (asked.resend) await restingRun(dir, input.guards.forceUnlock, session.context);
      const org = await resolveOrg(input.org, session.sources);
      const choose = new Set<FollowupState>(asked.states.length > 0 ? asked.states : STUCK_STATES);
      const look = (context: AppContext) =>
        takeFollowup({ dir, org, pace, choose, ...links }, context);
      const { everyMs = WATCH_EVERY_MS } = watch;
      const watched = { dir, everyMs, look, lines: continuationOf(given) };
      if (watch.watch) {
        await (onScreen ? watchOnScreen : watchInLines)(watched, session);
        return EXIT.ok;
      }
      const taken = await look(session.context);
      await show(taken, watched, session);
      return asked.resend ? await resend(taken, dir, { input, given }, session) : EXIT.ok;
    },
    { silentStop: onScreen },
  );
};
