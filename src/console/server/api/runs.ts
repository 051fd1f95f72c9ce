import type { Hono } from 'hono';
import type { Runs } from '../../api/run-answers.ts';
import type { ConsoleState } from '../../state/console-state.ts';
import { listedRuns } from '../../state/listed-run.ts';

/** The runs under `reports/`. */
export function serveRuns(api: Hono, { runs, connection }: ConsoleState): void {
  api.get('/runs', async (c) => {
    const found = await runs.list(c.req.raw.signal);
    const answer: Runs = {
      runs: listedRuns(found.runs, {
        isLive: () => false,
        isConnected: (host) => connection.isOf(host),
      }),
      unreadable: found.unreadable.map(({ name, problem }) => ({ name, problem })),
    };
    return c.json(answer);
  });
}
