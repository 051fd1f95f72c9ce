import type { Hono } from 'hono';
import { VERSION } from '../../../app/version.ts';
import type { State } from '../../api/answers.ts';
import { CONNECT, EVENTS, NOTHING } from '../../api/requests.ts';
import { ACTION_CARDS } from '../../state/draft/action-cards.ts';
import type { ConsoleState } from '../../state/console-state.ts';
import { DRAFT_FLAGS } from '../../state/draft/draft-flags.ts';
import { bodyOf, queryOf } from '../body.ts';
import type { EventStreams } from '../event-stream.ts';
import { notNow } from '../../refusal.ts';

function refuseWhileBusy({ live }: ConsoleState): void {
  if (live.busy > 0)
    throw notNow('A run is under way on this org.', 'Wait until it has ended, or stop it first.');
}

async function stateOf(state: ConsoleState): Promise<State> {
  const { host, events } = state.console;
  // Taken before the first wait, because events also report what happens during it.
  const lastEvent = events.last;
  const known = await state.connection.known();
  return {
    program: host.program,
    version: VERSION,
    cwd: host.cwd,
    instance: state.instance,
    nowMs: host.clock.nowMs(),
    lastEvent,
    connection: state.connection.told,
    known,
    recipients: state.keys.recipients,
    actions: ACTION_CARDS,
    flags: DRAFT_FLAGS,
    uploads: state.uploads.list(),
    drafts: state.drafts.ids(),
    plannings: state.plannings.list(),
    live: state.live.list(),
  };
}

/** Console and org: the state, the events, and connecting. */
export function serveAbout(api: Hono, state: ConsoleState, streams: EventStreams): void {
  const { connection, keys } = state;
  api.get('/state', async (c) => c.json(await stateOf(state)));
  api.get('/events', (c) => {
    const { after = 0 } = queryOf(c.req.raw, EVENTS);
    const body = streams.open(after, c.req.raw.signal);
    return c.body(body, 200, { 'Content-Type': 'text/event-stream' });
  });
  api.post('/connect', async (c) => {
    const request = await bodyOf(c.req.raw, CONNECT);
    refuseWhileBusy(state);
    return c.json(connection.connect(request), 202);
  });
  api.post('/disconnect', async (c) => {
    await bodyOf(c.req.raw, NOTHING);
    refuseWhileBusy(state);
    return c.json(await connection.disconnect());
  });
  api.post('/keys', async (c) => {
    await bodyOf(c.req.raw, NOTHING);
    return c.json(await keys.make());
  });
}
