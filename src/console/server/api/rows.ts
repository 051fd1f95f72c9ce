import type { Context, Hono } from 'hono';
import type { AppContext } from '../../../app/context.ts';
import { readAttempts } from '../../../app/runs/row-attempts.ts';
import { runName } from '../../../app/runs/run-name.ts';
import type { RunTable, SeenRow } from '../../../app/runs/run-tables.ts';
import {
  NOT_HANDED_OUT,
  noteHandOut,
  readHandOuts,
  type HandOut,
} from '../../../app/secrets/hand-outs.ts';
import { openOneSecret } from '../../../app/secrets/open-one.ts';
import { HANDED_OVER, NOTHING, ROWS } from '../../api/requests.ts';
import type { Handover, ShownSecret } from '../../api/run-answers.ts';
import { appContext } from '../../state/console-context.ts';
import type { ConsoleState } from '../../state/console-state.ts';
import { rowDetail } from '../../state/runs/row-detail.ts';
import { scanRows, secretOf, tableRow } from '../../state/runs/table-rows.ts';
import { bodyOf, queryOf } from '../body.ts';
import { notFound, notNow } from '../../refusal.ts';

/** Reads one row. Rejects with NOT_FOUND. */
async function rowOf(table: RunTable, text: string): Promise<SeenRow> {
  const row = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (row >= 1 && row <= table.run.rows)
    for await (const seen of table.rows(row)) if (seen.result.row === row) return seen;
  throw notFound('row');
}

/** Reads the table of the run that a request names. The reading ends with the request. */
async function inTable<T>(
  { runs, tables, console }: ConsoleState,
  c: Context,
  look: (table: RunTable, context: AppContext) => Promise<T>,
  how?: { readonly fresh: boolean },
): Promise<T> {
  const { signal } = c.req.raw;
  const context = appContext(console, () => undefined, { drain: signal });
  const dir = await runs.dirOf(c.req.param('run') ?? '', signal);
  return tables.with(dir, context, (table) => look(table, context), how);
}

/** How the secret of a row is handed out: shown when a button is pressed, marked as handed over. */
function serveSecrets(api: Hono, state: ConsoleState): void {
  api.post('/runs/:run/rows/:row/secret', async (c) => {
    await bodyOf(c.req.raw, NOTHING);
    const answer = await inTable(state, c, async (table, context): Promise<ShownSecret> => {
      const { dir } = table;
      const { row } = (await rowOf(table, c.req.param('row'))).result;
      const { paths: identities } = state.keys;
      const { login, what, secret } = await openOneSecret({ dir, row, identities }, context);
      const handOut = (await readHandOuts(dir)).get(row) ?? NOT_HANDED_OUT;
      return { login, kind: what, secret: secret.reveal(), handover: { kind: what, ...handOut } };
    });
    return c.json(answer);
  });
  api.post('/runs/:run/rows/:row/handed-over', async (c) => {
    const { done } = await bodyOf(c.req.raw, HANDED_OVER);
    const answer = await inTable(state, c, async (table, context): Promise<Handover> => {
      const { dir, run } = table;
      const seen = await rowOf(table, c.req.param('row'));
      const { row, userId } = seen.result;
      const { handover } = tableRow(seen, secretOf(run));
      if (handover === undefined)
        throw notNow('This row has nothing to hand over.', 'Choose one that succeeded.');
      const kind = done ? 'handed-over' : 'taken-back';
      await noteHandOut(dir, { row, userId, kind }, context);
      const handOut = (await readHandOuts(dir)).get(row) ?? NOT_HANDED_OUT;
      return { kind: handover.kind, ...handOut };
    });
    return c.json(answer);
  });
}

/** The rows of a run: the table, and one row with everything that was sent for it. */
export function serveRows(api: Hono, state: ConsoleState): void {
  const { cwd, clock } = state.console.host;
  api.get('/runs/:run/rows', async (c) => {
    const request = queryOf(c.req.raw, ROWS);
    const { signal } = c.req.raw;
    const read = async (table: RunTable) => {
      const hasSecrets = secretOf(table.run) !== undefined;
      const handOuts = hasSecrets ? await readHandOuts(table.dir) : new Map<number, HandOut>();
      return scanRows(table, request, { clock, signal, handOuts });
    };
    const found = await inTable(state, c, read, { fresh: request.fresh !== undefined });
    return c.json(found);
  });
  api.get('/runs/:run/rows/:row', async (c) => {
    const detail = await inTable(state, c, async (table, context) => {
      const { dir, run, replay } = table;
      const seen = await rowOf(table, c.req.param('row'));
      const { row } = seen.result;
      const { records } = replay;
      const told = await readAttempts(dir, { row, records }, context.interrupt.drain);
      const handOut = (await readHandOuts(dir)).get(row);
      return rowDetail(seen, told, { run, name: runName(dir, cwd), handOut });
    });
    return c.json(detail);
  });
  serveSecrets(api, state);
}
