import type { Hono } from 'hono';
import { countUsers, groupsLike, type Counted } from '../../../app/console/org-questions.ts';
import { lookIntoFile } from '../../../app/plan/look-into-file.ts';
import { WHO } from '../../../config/selection.ts';
import type { Count, Groups, Peek, PlanningBegun } from '../../api/answers.ts';
import { BOUNDS } from '../../api/bounds.ts';
import {
  COUNT,
  DRAFT,
  GROUPS,
  NOTHING,
  PART,
  PEEK,
  UPLOAD,
  type CountQuery,
} from '../../api/requests.ts';
import { appContext } from '../../state/console-context.ts';
import type { ConsoleState } from '../../state/console-state.ts';
import { bodyOf, queryOf } from '../body.ts';
import { apiErrorOf, notNow } from '../../refusal.ts';

const MOST_GROUPS = 20;
const PEEKED_ROWS = 50;

function countedOf({ search, filter, group }: CountQuery): Counted {
  if (search !== undefined) return { kind: 'search', expression: search };
  if (filter !== undefined) return { kind: 'filter', expression: filter };
  return group === undefined ? { kind: 'all' } : { kind: 'group', id: group };
}

function serveUploads(api: Hono, { uploads }: ConsoleState): void {
  api.post('/uploads', async (c) => {
    const { name, pasted = false } = await bodyOf(c.req.raw, UPLOAD);
    return c.json(await uploads.begin(name, pasted));
  });
  api.post('/uploads/:upload/parts', async (c) => {
    const part = await bodyOf(c.req.raw, PART);
    return c.json(await uploads.take(c.req.param('upload'), part));
  });
}

function serveQuestions(api: Hono, { console, connection }: ConsoleState): void {
  const asking = (signal: AbortSignal) => appContext(console, () => undefined, { drain: signal });
  api.get('/groups', async (c) => {
    const { search: beginning } = queryOf(c.req.raw, GROUPS);
    const wanted = { beginning, most: MOST_GROUPS };
    const found: Groups = await groupsLike(connection.org, wanted, asking(c.req.raw.signal));
    return c.json(found);
  });
  api.get('/count', async (c) => {
    const wanted = { counted: countedOf(queryOf(c.req.raw, COUNT)), most: BOUNDS.countedUsers };
    const found = await countUsers(connection.org, wanted, asking(c.req.raw.signal));
    const sample = found.sample.map(({ login, status }) => ({ login, status }));
    const answer: Count = { ...found, sample };
    return c.json(answer);
  });
}

/** What a run is planned from: uploads, drafts, and answers of the org while somebody fills them in. */
export function serveDrafts(api: Hono, state: ConsoleState): void {
  const { console, uploads, drafts, plannings, connection } = state;
  const show = (id: string) => drafts.show(id, connection.told.origin, plannings.ofDraft(id));
  serveUploads(api, state);
  serveQuestions(api, state);
  api.post('/drafts', async (c) => {
    const request = await bodyOf(c.req.raw, DRAFT);
    return c.json(show(drafts.begin(request)));
  });
  api.get('/drafts/:draft', (c) => c.json(show(c.req.param('draft'))));
  api.post('/drafts/:draft', async (c) => {
    const request = await bodyOf(c.req.raw, DRAFT);
    drafts.change(c.req.param('draft'), request);
    plannings.outdate(c.req.param('draft'));
    return c.json(show(c.req.param('draft')));
  });
  api.get('/drafts/:draft/peek', async (c) => {
    const { upload, whole } = queryOf(c.req.raw, PEEK);
    const { name, complete } = uploads.info(upload);
    if (!complete) throw notNow('The file is still being uploaded.', 'Wait until it is complete.');
    const given = new Map([...drafts.given(c.req.param('draft')), ['file', [name]] as const]);
    const look = { selection: WHO.read(given), most: PEEKED_ROWS, whole: whole === 'yes' };
    const context = appContext(console, () => undefined, { drain: c.req.raw.signal });
    const seen = await lookIntoFile(name, look, context);
    const { columns, rows, notices, counted, sheets, problem } = seen;
    const answer: Peek = {
      ...{ upload, columns, rows, counted, sheets },
      notices: notices.map(({ level, text, hint, count, lines = [] }) => ({
        ...{ level, text, hint, count, lines },
      })),
      problem: problem && apiErrorOf(problem),
    };
    return c.json(answer);
  });
  api.post('/drafts/:draft/plan', async (c) => {
    await bodyOf(c.req.raw, NOTHING);
    const draft = c.req.param('draft');
    const input = drafts.planInput(draft, connection.org);
    const planning = plannings.begin({ kind: 'draft', draft }, () => Promise.resolve(input));
    const answer: PlanningBegun = { planning };
    return c.json(answer, 202);
  });
  api.get('/plannings/:planning', (c) => c.json(plannings.show(c.req.param('planning'))));
  api.post('/plannings/:planning/cancel', async (c) => {
    await bodyOf(c.req.raw, NOTHING);
    return c.json(plannings.cancel(c.req.param('planning')));
  });
}
