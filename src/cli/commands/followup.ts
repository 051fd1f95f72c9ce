import type { AppContext } from '../../app/context.ts';
import { takeFollowup, type TakenFollowup } from '../../app/followup/followup.ts';
import type { FollowupState } from '../../app/followup/followup-state.ts';
import { planRun } from '../../app/plan/plan-run.ts';
import { restingRun, runFileOf } from '../../app/rerun/rerun-rows.ts';
import { resendOf } from '../../app/followup/resend.ts';
import type { Flag, Given } from '../../config/flags/flag.ts';
import { GUARDS } from '../../config/guards.ts';
import { usage } from '../../domain/codes/app-error.ts';
import { resolveOrg, type OrgConfig } from '../../config/org.ts';
import { OUT, resolveSecretsPlace, SECRETS } from '../../config/output.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import type { CommandLines } from '../../domain/run/next-commands.ts';
import type { Execute, Input } from '../line/commands.ts';
import { executeAndShow } from '../execute-plan.ts';
import { continuationOf } from '../screens/continuation.ts';
import { followupLine, followupScreen, nextOfFollowup } from '../screens/followup-screen.ts';
import { isOver, watchOnScreen, type Watch } from '../screens/followup-watch.ts';
import { recipientsFor } from '../line/recipients-for.ts';
import { locate, runReference } from '../line/run-reference.ts';
import { withSession, type Session } from '../session.ts';
import { RESEND } from '../line/own-flags.ts';
import { showPreview } from '../screens/show-preview.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { plural } from '../screens/words.ts';
import { asLines } from '../../text/styled.ts';

const WATCH_EVERY_MS = 60_000;
const STUCK: readonly FollowupState[] = ['link-dead', 'came-back'];

const FOR_RESEND = [RESEND, GUARDS, OUT, SECRETS]
  .flatMap(({ flags }) => Object.values<Flag>(flags))
  .filter((flag) => flag !== RESEND.flags.resend);

/** Refuses flags that say nothing without another. */
function refuseStray({ watch, resend }: Input<'followup'>, given: Given): void {
  const stray = FOR_RESEND.find(({ name }) => given.has(name));
  if (!resend.resend && stray !== undefined)
    throw usage(
      `--${stray.name} belongs to --resend.`,
      'Without --resend nothing is sent, and nothing is to be confirmed.',
    );
  if (watch.everyMs !== undefined && !watch.watch)
    throw usage('--every belongs to --watch.', 'Example: --watch --every 5m');
  if (watch.watch && resend.resend)
    throw usage('--watch and --resend do not go together.', 'Re-send first, then watch.');
}

async function show(
  taken: TakenFollowup,
  dir: string,
  terminal: Terminal,
  session: Session,
  how: { readonly lines: CommandLines; readonly line?: boolean },
): Promise<void> {
  await session.settle();
  const { followup } = taken;
  const { line = false } = how;
  if (terminal.json) {
    await session.publish({ type: 'followup', dir, ...followup });
    return;
  }
  const lines = line
    ? [followupLine(followup)]
    : followupScreen(followup, nextOfFollowup(taken, dir, how.lines, terminal.host.cwd), {
        width: terminal.stdout.size().columns,
        style: terminal.outStyle,
      });
  await terminal.out(asLines([...lines, '']));
  if (followup.linkLifetimeFrom === 'assumed' && !terminal.quiet && !line) {
    await terminal.err(
      'The lifetime of reset links may not be read; one hour is assumed. Classic orgs may differ: --link-lifetime TIME.\n',
    );
  }
}

/** Looks again and again, a line each, until everybody has finished or is gone, or somebody presses Ctrl-C. */
async function watchInLines(
  { dir, everyMs, look, lines }: Watch,
  terminal: Terminal,
  session: Session,
): Promise<void> {
  const { drain } = session.context.interrupt;
  try {
    for (let looks = 0; ; looks += 1) {
      const taken = await look(session.context);
      const over = isOver(taken.followup);
      await show(taken, dir, terminal, session, { lines, line: looks > 0 && !over });
      if (over) return;
      await terminal.host.clock.sleep(everyMs, drain);
    }
  } catch (error) {
    // Ctrl-C is how a watch ends.
    if (!drain.aborted) throw error;
  }
}

async function resend(
  taken: TakenFollowup,
  {
    dir,
    org,
    input,
    given,
  }: {
    readonly dir: string;
    readonly org: OrgConfig;
    readonly input: Input<'followup'>;
    readonly given: Given;
  },
  terminal: Terminal,
  session: Session,
): Promise<number> {
  const { guards, pace, secrets, resend: asked } = input;
  if (taken.chosen.size === 0) {
    if (!terminal.json && !terminal.quiet)
      await terminal.out('\nNobody is stuck: there is nothing to re-send.\n');
    return EXIT.ok;
  }
  const run = await runFileOf(dir);
  const spec =
    asked.action === undefined
      ? run.spec
      : { action: asked.action, sendEmail: true, revokeSessions: false, revokeTokens: false };
  const recipients = await recipientsFor(spec, secrets, dir, session.context);
  resolveSecretsPlace(secrets, spec, recipients);
  const planned = await planRun(
    {
      org,
      pace,
      spec,
      policy: {
        ...run.policy,
        resend: true,
        lookup: true,
        sinceMs: undefined,
        again: asked.again,
      },
      out: input.folder.out,
      secretsPlaintext: secrets.plaintext,
      recipients,
      ...resendOf(dir, taken, guards.forceUnlock, session.context),
    },
    session.context,
  );
  await session.settle();
  if (!terminal.json)
    await terminal.out(`\nA new run over ${plural(taken.chosen.size, 'user')} who need it:\n\n`);
  await showPreview(planned.dir, planned.run, terminal, session, pace.between);
  return executeAndShow(
    { dir: planned.dir, org, pace, guards, secrets, given, agreed: planned.run },
    terminal,
    session,
  );
}

export const execute: Execute<'followup'> = async ({ input, given, word, terminal }) => {
  const { pace, watch } = input;
  const isResend = input.resend.resend;
  const reference = runReference('followup', word, input.run);
  refuseStray(input, given);
  // A screen of its own says itself how a watch ends, and has no place for anything beside it.
  const onScreen = watch.watch && terminal.animated && terminal.stdout.isTty;
  return withSession(
    terminal,
    async (session) => {
      const dir = await locate(reference, isResend ? 'resend' : 'followup', terminal, session);
      if (isResend) await restingRun(dir, input.guards.forceUnlock, session.context);
      const org = await resolveOrg(input.org, session.sources);
      const { linkLifetimeMs } = input.links;
      const { states } = input.resend;
      const choose = new Set<FollowupState>(states.length > 0 ? states : STUCK);
      const lines = continuationOf(given);
      const look = (context: AppContext) =>
        takeFollowup({ dir, org, pace, linkLifetimeMs, choose }, context);
      if (watch.watch) {
        const watched = { dir, everyMs: watch.everyMs ?? WATCH_EVERY_MS, look, lines };
        if (onScreen) await watchOnScreen(watched, terminal, session.context);
        else await watchInLines(watched, terminal, session);
        return EXIT.ok;
      }
      const taken = await look(session.context);
      await show(taken, dir, terminal, session, { lines });
      return isResend
        ? await resend(taken, { dir, org, input, given }, terminal, session)
        : EXIT.ok;
    },
    { silentStop: onScreen },
  );
};
