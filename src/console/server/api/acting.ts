import type { Hono } from 'hono';
import { findRun } from '../../../app/runs/open-run.ts';
import { runName } from '../../../app/runs/run-name.ts';
import type { Given } from '../../../config/flags/flag.ts';
import type { OrgConfig } from '../../../config/org.ts';
import { AppError } from '../../../domain/codes/app-error.ts';
import type { RunFile } from '../../../domain/run/run-file.ts';
import {
  ANSWER,
  EXECUTE,
  FOLLOWUP,
  RERUN,
  RESEND,
  STOP,
  type ExecuteRequest,
  type FlagChanges,
} from '../../api/requests.ts';
import type { ConsoleState } from '../../state/console-state.ts';
import { FLAGS_FOR } from '../../state/draft/draft-flags.ts';
import { changed, withOrg } from '../../state/draft/given.ts';
import { rerunInput, resendInput, statesOf, type Onward } from '../../state/runs/onward.ts';
import { shownMark } from '../../state/runs/run-detail.ts';
import { bodyOf } from '../body.ts';
import { notNow } from '../../refusal.ts';
import { givenOf } from './runs.ts';

/** Returns the org of a run, if the console is connected to it. Throws NOT_NOW. */
function orgOf({ connection }: ConsoleState, { host }: Pick<RunFile, 'host'>): OrgConfig {
  const { org } = connection;
  if (org.host === host) return org;
  throw notNow(
    `This run is of ${host}, and the console is connected to ${org.host}.`,
    `Connect to ${host} first.`,
  );
}

function flagsOf(
  state: ConsoleState,
  before: Given,
  changes: FlagChanges | undefined,
  taken: ReadonlySet<string>,
): Given {
  const flags = changed(before, changes ?? {}, taken);
  const { origin } = state.connection.told;
  return withOrg(flags, origin, state.console.host.env['OKTA_CLIENT_ORGURL']);
}

async function execute(
  state: ConsoleState,
  id: string,
  request: ExecuteRequest,
  signal: AbortSignal,
) {
  const dir = await state.runs.dirOf(id, signal);
  const { run } = await findRun(dir);
  if (shownMark(run) !== request.shown)
    throw new AppError('PLAN_CHANGED', 'The run is not the one that this page shows.', {
      hint: 'Reload the page, and read it again. Nothing was sent.',
    });
  const org = orgOf(state, run);
  const given = flagsOf(state, givenOf(state, id), request.flags, FLAGS_FOR.execute);
  state.live.execute({ id, dir, org, run, given, confirm: request.confirm?.trim() });
}

async function onwardOf(
  state: ConsoleState,
  id: string,
  flags: FlagChanges | undefined,
  signal: AbortSignal,
): Promise<Onward> {
  const dir = await state.runs.dirOf(id, signal);
  const org = orgOf(state, (await findRun(dir)).run);
  return { dir, org, given: changed(new Map(), flags ?? {}, FLAGS_FOR.rerun) };
}

/** Everything that acts: executing, answering, stopping, and what continues from a run. */
export function serveActing(api: Hono, state: ConsoleState): void {
  const { live, plannings, followups, console } = state;
  for (const path of ['/runs/:run/execute', '/runs/:run/resume'] as const) {
    api.post(path, async (c) => {
      const request = await bodyOf(c.req.raw, EXECUTE);
      await execute(state, c.req.param('run'), request, c.req.raw.signal);
      return c.json({}, 202);
    });
  }
  api.post('/runs/:run/answer', async (c) => {
    live.answer(c.req.param('run'), await bodyOf(c.req.raw, ANSWER));
    return c.json({});
  });
  api.post('/runs/:run/stop', async (c) => {
    live.stop(c.req.param('run'), await bodyOf(c.req.raw, STOP));
    return c.json({});
  });
  api.post('/runs/:run/rerun', async (c) => {
    const { flags, ...wanted } = await bodyOf(c.req.raw, RERUN);
    const run = c.req.param('run');
    const onward = await onwardOf(state, run, flags, c.req.raw.signal);
    const name = runName(onward.dir, console.host.cwd);
    const planning = plannings.begin({ kind: 'rerun', run }, (context) =>
      rerunInput(onward, wanted, name, context),
    );
    return c.json({ planning }, 202);
  });
  api.post('/runs/:run/followup', async (c) => {
    const { linkLifetime } = await bodyOf(c.req.raw, FOLLOWUP);
    const run = c.req.param('run');
    const onward = await onwardOf(state, run, undefined, c.req.raw.signal);
    return c.json(followups.begin(run, onward, linkLifetime), 202);
  });
  api.post('/runs/:run/resend', async (c) => {
    const { flags, only } = await bodyOf(c.req.raw, RESEND);
    const run = c.req.param('run');
    const states = statesOf(only);
    const onward = await onwardOf(state, run, flags, c.req.raw.signal);
    const planning = plannings.begin({ kind: 'resend', run }, (context) =>
      resendInput(onward, states, context),
    );
    return c.json({ planning }, 202);
  });
}
