import type { Hono } from 'hono';
import { readSavedFile, isSavedKind, savedFiles } from '../../../app/console/run-files.ts';
import { isSealed } from '../../../app/evidence/evidence-file.ts';
import { rebuildReport } from '../../../app/report/rebuild-report.ts';
import { findRun } from '../../../app/runs/open-run.ts';
import { firstOf } from '../../../app/run/consent/run-consent.ts';
import { contentOf } from '../../../app/runs/run-content.ts';
import { readHandOuts } from '../../../app/secrets/hand-outs.ts';
import { NOTHING_GIVEN, type Given } from '../../../config/flags/flag.ts';
import { GUARDS } from '../../../config/guards.ts';
import { PACE } from '../../../config/pace.ts';
import { stopText } from '../../../domain/run/stop.ts';
import { CONSENT, NOTHING } from '../../api/requests.ts';
import type { Consent, RunDetail, Runs } from '../../api/run-answers.ts';
import { appContext } from '../../state/console-context.ts';
import type { ConsoleState } from '../../state/console-state.ts';
import { listedRuns } from '../../state/runs/listed-run.ts';
import { consentOf } from '../../state/runs/questions.ts';
import { runDetail, runSummary } from '../../state/runs/run-detail.ts';
import { bodyOf, queryOf } from '../body.ts';
import { streamOf } from '../byte-stream.ts';
import { notFound } from '../../refusal.ts';

async function runsOf(
  { runs, connection, live }: ConsoleState,
  signal: AbortSignal,
): Promise<Runs> {
  const found = await runs.list(signal);
  return {
    runs: listedRuns(found.runs, {
      isLive: (id) => live.isLive(id),
      isConnected: (host) => connection.isOf(host),
    }),
    unreadable: found.unreadable.map(({ name, problem }) => ({ name, problem })),
  };
}

/** Returns the flags of the draft that a run was planned from; empty if there is no such draft here. */
export function givenOf({ plannings, drafts }: ConsoleState, id: string): Given {
  const draft = plannings.draftOf(id);
  return draft !== undefined && drafts.has(draft) ? drafts.forExecution(draft) : NOTHING_GIVEN;
}

async function handedOver(dir: string): Promise<number> {
  const handOuts = [...(await readHandOuts(dir)).values()];
  return handOuts.filter(({ handedOverAt }) => handedOverAt !== undefined).length;
}

async function detailOf(state: ConsoleState, id: string, signal: AbortSignal): Promise<RunDetail> {
  const { runs, live, followups, plannings, drafts, tables, console } = state;
  const dir = await runs.dirOf(id, signal);
  const listed = (await runsOf(state, signal)).runs.find((run) => run.id === id);
  if (listed === undefined) throw notFound('run');
  const { run } = await findRun(dir);
  const draft = plannings.draftOf(id);
  const given = givenOf(state, id);
  const context = appContext(console, () => undefined, { drain: signal });
  const isBegun = listed.lastAt !== undefined && listed.state !== 'damaged' && !listed.live;
  const stop = isBegun
    ? await tables.with(dir, context, ({ replay }) => Promise.resolve(replay.stop))
    : undefined;
  return runDetail(listed, run, {
    draft: draft !== undefined && drafts.has(draft) ? draft : undefined,
    given,
    hours: PACE.read(given).between,
    liveRun: live.show(id),
    followup: followups.of(id),
    files: await savedFiles(dir),
    sealed: await isSealed(dir),
    stop: stop && { kind: stop.kind, text: stopText(stop) },
    handedOver: listed.secrets === 'none' ? 0 : await handedOver(dir),
    nowMs: console.host.clock.nowMs(),
  });
}

/** The runs under `reports/`: what they are, what happened to them, and their files. */
export function serveRuns(api: Hono, state: ConsoleState): void {
  const { runs, tables, console } = state;
  const reading = (signal: AbortSignal) => appContext(console, () => undefined, { drain: signal });
  api.get('/runs', async (c) => c.json(await runsOf(state, c.req.raw.signal)));
  api.get('/runs/:run', async (c) =>
    c.json(await detailOf(state, c.req.param('run'), c.req.raw.signal)),
  );
  api.get('/runs/:run/consent', async (c) => {
    const { signal } = c.req.raw;
    const { canary: asked } = queryOf(c.req.raw, CONSENT);
    const id = c.req.param('run');
    const dir = await runs.dirOf(id, signal);
    const given = givenOf(state, id);
    const { name } = GUARDS.flags.canary;
    const named = asked === undefined ? given.get(name)?.[0] : asked;
    const { canary: own } = GUARDS.read(named === undefined ? given : new Map([[name, [named]]]));
    const answer = await tables.with(dir, reading(signal), ({ run, replay }): Promise<Consent> => {
      const waves = own ?? replay.waves;
      const { users, later } = firstOf(run, replay, waves);
      const kept = named ?? waves?.join(',');
      return Promise.resolve({ ...consentOf(run, users, later), canary: kept });
    });
    return c.json(answer);
  });
  api.get('/runs/:run/summary', async (c) => {
    const context = reading(c.req.raw.signal);
    const dir = await runs.dirOf(c.req.param('run'), c.req.raw.signal);
    return c.json(
      await tables.with(dir, context, async (table) => runSummary(await contentOf(table, context))),
    );
  });
  api.get('/runs/:run/files/:kind', async (c) => {
    const kind = c.req.param('kind');
    if (!isSavedKind(kind)) throw notFound('file');
    const dir = await runs.dirOf(c.req.param('run'), c.req.raw.signal);
    const { name, bytes } = await readSavedFile(dir, kind);
    // To be saved, never shown, because a report that somebody planted must not run in the page's own origin.
    return c.body(streamOf(bytes), 200, {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="${name}"`,
    });
  });
  api.post('/runs/:run/report', async (c) => {
    await bodyOf(c.req.raw, NOTHING);
    const id = c.req.param('run');
    const dir = await runs.dirOf(id, c.req.raw.signal);
    await rebuildReport(dir, reading(c.req.raw.signal));
    return c.json(await detailOf(state, id, c.req.raw.signal));
  });
}
