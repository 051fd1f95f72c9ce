import type { AppContext } from '../../app/context.ts';
import { takeFollowup, type TakenFollowup } from '../../app/followup/followup.ts';
import { FOLLOWUP_STATES, type FollowupState } from '../../app/followup/followup-state.ts';
import { planRun } from '../../app/plan/plan-run.ts';
import { restingRun, runFileOf } from '../../app/rerun/rerun-rows.ts';
import { resendOf } from '../../app/followup/resend.ts';
import { resolveAction } from '../../config/action.ts';
import { duration, usage } from '../../config/option.ts';
import { resolveOrg, type OrgConfig } from '../../config/org.ts';
import { resolveSecretsPlace } from '../../config/output.ts';
import { resolveGuards, resolvePace, type PaceConfig } from '../../config/pace.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import type { CommandLines } from '../../domain/run/next-commands.ts';
import type { Execute } from '../line/command.ts';
import { executeAndShow } from '../execute-plan.ts';
import { continuationOf } from '../screens/continuation.ts';
import { followupLine, followupScreen, nextOfFollowup } from '../screens/followup-screen.ts';
import { isOver, watchOnScreen, type Watch } from '../screens/followup-watch.ts';
import { recipientsFor } from '../line/recipients-for.ts';
import { locate, runReference } from '../line/run-reference.ts';
import { openSession, type Session } from '../session.ts';
import { FOLLOWUP_RESEND } from '../line/flags/shared-flags.ts';
import { showPreview } from '../screens/show-preview.ts';
import type { Terminal } from '../terminal/terminal.ts';
import {
  actionFlags,
  guardFlags,
  list,
  on,
  orgFlags,
  outputFlags,
  paceFlags,
  text,
  type Parsed,
} from '../line/flags/typed-flags.ts';
import { plural } from '../screens/words.ts';
import { asLines } from '../../text/styled.ts';

const WATCH_EVERY_MS = 60_000;
const STUCK: readonly FollowupState[] = ['link-dead', 'came-back'];

/** What the flags ask for, checked before anything is read. */
interface Asked {
  readonly pace: PaceConfig;
  readonly linkLifetimeMs: number | undefined;
  readonly choose: ReadonlySet<FollowupState>;
  /** Time between two looks; undefined: one look is enough. */
  readonly watchMs: number | undefined;
}

function statesOf(parsed: Parsed): ReadonlySet<FollowupState> {
  const words = list(parsed, 'only')
    .flatMap((word) => word.split(','))
    .map((word) => word.trim());
  const states = words.map((word) => {
    const state = FOLLOWUP_STATES.find((known) => known === word);
    if (state === undefined || state === 'finished' || state === 'gone')
      throw usage(
        `--only does not know “${word}”.`,
        'It is one of link-dead and came-back (the default: both), link-used, waiting, bounced, no-trace.',
      );
    return state;
  });
  return new Set(states.length > 0 ? states : STUCK);
}

function askedOf(parsed: Parsed): Asked {
  const resend = on(parsed, 'resend');
  const stray = FOLLOWUP_RESEND.find((flag) => parsed[flag.name] !== undefined);
  if (!resend && stray !== undefined)
    throw usage(
      `--${stray.name} belongs to --resend.`,
      'Without --resend nothing is sent, and nothing is to be confirmed.',
    );
  const watch = on(parsed, 'watch');
  const every = duration('every', text(parsed, 'every'));
  if (every !== undefined && !watch)
    throw usage('--every belongs to --watch.', 'Example: --watch --every 5m');
  if (watch && resend)
    throw usage('--watch and --resend do not go together.', 'Re-send first, then watch.');
  return {
    pace: resolvePace(paceFlags(parsed)),
    linkLifetimeMs: duration('link-lifetime', text(parsed, 'link-lifetime')),
    choose: statesOf(parsed),
    watchMs: watch ? (every ?? WATCH_EVERY_MS) : undefined,
  };
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
  input: {
    readonly dir: string;
    readonly org: OrgConfig;
    readonly pace: PaceConfig;
    readonly parsed: Parsed;
  },
  terminal: Terminal,
  session: Session,
): Promise<number> {
  const { dir, org, pace, parsed } = input;
  const guards = resolveGuards(guardFlags(parsed));
  if (taken.chosen.size === 0) {
    if (!terminal.json && !terminal.quiet)
      await terminal.out('\nNobody is stuck: there is nothing to re-send.\n');
    return EXIT.ok;
  }
  const run = await runFileOf(dir);
  const ownAction = text(parsed, 'action') !== undefined;
  const spec = ownAction ? resolveAction(actionFlags(parsed)) : run.spec;
  const recipients = await recipientsFor({ parsed, spec, dir }, session.context);
  resolveSecretsPlace(outputFlags(parsed), spec, recipients);
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
        again: on(parsed, 'again'),
      },
      out: text(parsed, 'out'),
      secretsPlaintext: on(parsed, 'secrets-plaintext'),
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
    { dir: planned.dir, org, pace, guards, parsed, agreed: planned.run },
    terminal,
    session,
  );
}

export const execute: Execute = async ({ parsed, positional, terminal }) => {
  const reference = runReference('followup', parsed, positional);
  const asked = askedOf(parsed);
  if (on(parsed, 'resend')) resolveGuards(guardFlags(parsed));
  // A screen of its own says itself how a watch ends, and has no place for anything beside it.
  const onScreen = asked.watchMs !== undefined && terminal.animated && terminal.stdout.isTty;
  const session = openSession(terminal, { silentStop: onScreen });
  try {
    const dir = await locate(
      reference,
      on(parsed, 'resend') ? 'resend' : 'followup',
      terminal,
      session,
    );
    if (on(parsed, 'resend')) await restingRun(dir, on(parsed, 'force-unlock'), session.context);
    const org = await resolveOrg(orgFlags(parsed), session.sources);
    const { pace, linkLifetimeMs, choose } = asked;
    const lines = continuationOf(parsed);
    const look = (context: AppContext) =>
      takeFollowup({ dir, org, pace, linkLifetimeMs, choose }, context);
    if (asked.watchMs !== undefined) {
      const watch = { dir, everyMs: asked.watchMs, look, lines };
      if (onScreen) await watchOnScreen(watch, terminal, session.context);
      else await watchInLines(watch, terminal, session);
      return EXIT.ok;
    }
    const taken = await look(session.context);
    await show(taken, dir, terminal, session, { lines });
    return on(parsed, 'resend')
      ? await resend(taken, { dir, org, pace, parsed }, terminal, session)
      : EXIT.ok;
  } finally {
    if (reference.kind === 'last') terminal.host.stdin.close();
    await session.close();
  }
};
