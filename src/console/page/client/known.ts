import type { State } from '../../api/answers.ts';
import type { Note } from '../../api/parts.ts';
import type { ConsoleEvent, LiveRun, Planning, TakenFollowup } from '../../api/live.ts';

/** How the page is connected to the console's process. */
export type LinkState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open' }
  /** There has been no answer since then, and the page keeps trying. */
  | { readonly kind: 'lost' }
  /** The link from the terminal must be opened again. */
  | { readonly kind: 'no-session' };

export interface Message {
  readonly id: number;
  readonly about: string | undefined;
  readonly note: Note;
}

/** What the page knows about the server from its last answers. */
export interface Known {
  readonly link: LinkState;
  readonly state: State | undefined;
  readonly closing: boolean;
  readonly live: ReadonlyMap<string, LiveRun>;
  readonly plannings: ReadonlyMap<string, Planning>;
  readonly followups: ReadonlyMap<string, TakenFollowup>;
  /** Grows when the list of runs changes. */
  readonly runsVersion: number;
  /** Grows when a draft changes. */
  readonly draftVersions: ReadonlyMap<string, number>;
  readonly messages: readonly Message[];
  /** How far the server's clock is ahead of this browser's. */
  readonly clockAheadMs: number;
}

export const NOTHING_KNOWN: Known = {
  link: { kind: 'opening' },
  state: undefined,
  closing: false,
  live: new Map(),
  plannings: new Map(),
  followups: new Map(),
  runsVersion: 0,
  draftVersions: new Map(),
  messages: [],
  clockAheadMs: 0,
};

const MOST_MESSAGES = 20;

function set<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

/** Takes in the complete state. If it is from another process, nothing known before is kept. */
export function withState(known: Known, state: State, browserMs: number): Known {
  const before = known.state?.instance === state.instance ? known : NOTHING_KNOWN;
  return {
    ...before,
    link: { kind: 'open' },
    state,
    live: new Map([...before.live, ...state.live.map((run) => [run.run, run] as const)]),
    plannings: new Map([
      ...before.plannings,
      ...state.plannings.map((planning) => [planning.id, planning] as const),
    ]),
    runsVersion: known.runsVersion + 1,
    clockAheadMs: state.nowMs - browserMs,
  };
}

/** Takes in one event. */
export function withEvent(known: Known, event: ConsoleEvent, id: number): Known {
  const { state } = known;
  switch (event.type) {
    case 'connection':
      return state === undefined
        ? known
        : {
            ...known,
            state: { ...state, connection: event.connection },
            runsVersion: known.runsVersion + 1,
          };
    case 'uploads':
      return state === undefined
        ? known
        : { ...known, state: { ...state, uploads: event.uploads } };
    case 'planning':
      return { ...known, plannings: set(known.plannings, event.planning.id, event.planning) };
    case 'run':
      return { ...known, live: set(known.live, event.run.run, event.run) };
    case 'followup':
      return { ...known, followups: set(known.followups, event.followup.run, event.followup) };
    case 'runs':
      return { ...known, runsVersion: known.runsVersion + 1 };
    case 'draft':
      return {
        ...known,
        draftVersions: set(
          known.draftVersions,
          event.draft,
          (known.draftVersions.get(event.draft) ?? 0) + 1,
        ),
      };
    case 'message':
      return {
        ...known,
        messages: [...known.messages, { id, about: event.about, note: event.note }].slice(
          -MOST_MESSAGES,
        ),
      };
    case 'closing':
      return { ...known, closing: true };
    case 'alive':
      return known;
    default: {
      const never: never = event;
      return never;
    }
  }
}
