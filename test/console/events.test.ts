/** A page that loses its stream continues from where it was: nothing is lost, and nothing is sent twice. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { request } from 'undici';
import { KEY_HEADER } from '../../src/console/api/bounds.ts';
import type { ConsoleEvent } from '../../src/console/api/live.ts';
import { EventLog } from '../../src/console/state/event-log.ts';
import { eventsOf, openRig, type ConsoleRig, type Page } from './rig.ts';

let rig: ConsoleRig;
let page: Page;
beforeAll(async () => {
  rig = await openRig();
  page = await rig.page();
});
afterAll(() => rig.close());

interface Told {
  readonly id: number | undefined;
  readonly event: ConsoleEvent;
}

/** Opens a stream, reads this many events, and interrupts it. */
async function read(after: number, count: number): Promise<readonly Told[]> {
  const over = new AbortController();
  const headers = { cookie: page.cookie, [KEY_HEADER]: page.key };
  const answer = await request(`${rig.url}/api/events?after=${after}`, {
    headers,
    signal: over.signal,
  });
  answer.body.on('error', () => undefined);
  const told: Told[] = [];
  try {
    if (count > 0)
      for await (const each of eventsOf(answer.body)) {
        // The sign of life has no number, and is stored nowhere.
        if (each.event.type !== 'alive') told.push(each);
        if (told.length >= count) break;
      }
  } finally {
    over.abort();
  }
  return told;
}

const newDraft = async () => (await page.post('/api/drafts', {})).json.id as string;
const idsOf = (told: readonly Told[]) => told.map(({ id }) => id ?? 0);
const draftsOf = (told: readonly Told[]) =>
  told.flatMap(({ event }) => (event.type === 'draft' ? [event.draft] : []));

test('a stream that was interrupted continues after the last number that was seen', async () => {
  const start = (await page.get('/api/state')).json.lastEvent as number;
  const before = [await newDraft(), await newDraft(), await newDraft()];
  const first = await read(start, 2);
  expect(draftsOf(first)).toEqual(before.slice(0, 2));
  // Sent while nobody listens.
  const meanwhile = [await newDraft(), await newDraft()];
  const second = await read(idsOf(first).at(-1) ?? 0, 3);
  expect(draftsOf(second)).toEqual([before[2], ...meanwhile]);
  const ids = [...idsOf(first), ...idsOf(second)];
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  // Sent while the stream is open.
  const last = ids.at(-1) ?? 0;
  const [live, draft] = await Promise.all([read(last, 1), newDraft()]);
  expect(draftsOf(live)).toEqual([draft]);
});

test('what has changed often meanwhile is sent once, in its current state', async () => {
  const draft = await newDraft();
  const { lastEvent } = (await page.get('/api/state')).json as { lastEvent: number };
  for (let change = 0; change < 5; change += 1)
    await page.post(`/api/drafts/${draft}`, { flags: { limit: [String(change + 1)] } });
  const other = await newDraft();
  expect(draftsOf(await read(lastEvent, 2))).toEqual([draft, other]);
});

test('messages add up: each comes once, however often the stream is interrupted', () => {
  const log = new EventLog();
  const say = (text: string) =>
    log.tell({ type: 'message', about: undefined, note: { level: 'info', text, hint: undefined } });
  say('one');
  say('two');
  const seen: string[] = [];
  let last = 0;
  const follow = (most: number) => {
    for (const { id, event } of log.after(last).slice(0, most)) {
      if (event.type === 'message') seen.push(event.note.text);
      last = id;
    }
  };
  follow(1);
  say('three');
  follow(1);
  follow(9);
  say('four');
  follow(9);
  follow(9);
  expect(seen).toEqual(['one', 'two', 'three', 'four']);
});
