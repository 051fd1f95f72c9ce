import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Draft, PlanningBegun } from '../../api/answers.ts';
import type { ApiError } from '../../api/parts.ts';
import type { DraftRequest } from '../../api/requests.ts';
import type { RunDetail } from '../../api/run-answers.ts';
import type { Answer } from '../client/answer.ts';
import { type Asked, useClient, useGet, useKnown } from '../client/hooks.ts';
import type { Route } from '../route.ts';

/** The draft that the address is about, and how it is changed. */
export interface OpenDraft {
  readonly draft: Draft | undefined;
  readonly error: ApiError | undefined;
  /** Sends changes one after the other, in order. Resolves with true if the last one was accepted. */
  readonly change: (change: DraftRequest) => Promise<boolean>;
  readonly saving: boolean;
  /** Begins to plan it, once every change has been accepted. */
  readonly plan: () => Promise<Answer<PlanningBegun>>;
}

/** What the address is about, read once for the steps and for the screen. */
interface Scope {
  readonly run: Asked<RunDetail>;
  readonly draft: OpenDraft;
}

const ScopeContext = createContext<Scope | undefined>(undefined);

function useScope(): Scope {
  const scope = useContext(ScopeContext);
  if (scope === undefined) throw new Error('A screen stands outside the page');
  return scope;
}

/** Returns the run in the address. */
export const useRun = (): Asked<RunDetail> => useScope().run;
/** Returns the draft in the address. */
export const useDraft = (): OpenDraft => useScope().draft;

function useRunOf(run: string | undefined): Asked<RunDetail> {
  const phase = useKnown(({ live }) => (run === undefined ? '' : (live.get(run)?.phase ?? '')));
  const runsVersion = useKnown((known) => known.runsVersion);
  const asked = useGet('/api/runs/:run', run === undefined ? undefined : { params: { run } }, {
    version: `${runsVersion} ${phase}`,
  });
  // While another run is being read, the value is still the previous run.
  return asked.value === undefined || asked.value.id === run
    ? asked
    : { ...asked, value: undefined };
}

function withFlags(draft: Draft, { flags }: DraftRequest): Draft {
  const all = Object.entries({ ...draft.flags, ...flags });
  const given = all.filter((pair): pair is [string, string[]] => pair[1] !== null);
  return { ...draft, flags: Object.fromEntries(given) };
}

function useDraftOf(id: string | undefined): OpenDraft {
  const { requests } = useClient();
  const version = useKnown(({ draftVersions }) =>
    id === undefined ? 0 : (draftVersions.get(id) ?? 0),
  );
  const asked = useGet(
    '/api/drafts/:draft',
    id === undefined ? undefined : { params: { draft: id } },
    { version },
  );
  const [posted, setPosted] = useState<Draft | undefined>(undefined);
  const [refused, setRefused] = useState<ApiError | undefined>(undefined);
  const [open, setOpen] = useState(0);
  const last = useRef<Promise<Answer<Draft> | undefined>>(Promise.resolve(undefined));
  const underWay = useRef(0);
  useEffect(() => {
    if (underWay.current === 0) setPosted(undefined);
  }, [asked.value]);
  const draft = posted?.id === id ? posted : asked.value;
  const shown = useRef(draft);
  shown.current = draft;
  const change = useCallback(
    async (body: DraftRequest): Promise<boolean> => {
      if (id === undefined) return false;
      setOpen((n) => n + 1);
      underWay.current += 1;
      // A press shows at once, and the answer then shows what really happened.
      if (shown.current !== undefined) setPosted(withFlags(shown.current, body));
      const send = last.current.then(() =>
        requests.post('/api/drafts/:draft', { params: { draft: id }, body }),
      );
      last.current = send;
      const answer = await send;
      setOpen((n) => n - 1);
      underWay.current -= 1;
      if (underWay.current === 0) setPosted(answer.kind === 'ok' ? answer.value : undefined);
      setRefused(answer.kind === 'refused' ? answer.error : undefined);
      return answer.kind === 'ok';
    },
    [id, requests],
  );
  const plan = useCallback(async (): Promise<Answer<PlanningBegun>> => {
    const changed = await last.current;
    // Reported once: the draft is shown without the change that was refused.
    last.current = Promise.resolve(undefined);
    if (id === undefined || changed?.kind === 'aborted') return { kind: 'aborted' };
    if (changed?.kind === 'refused') return changed;
    return requests.post('/api/drafts/:draft/plan', { params: { draft: id }, body: {} });
  }, [id, requests]);
  return {
    plan,
    draft: draft?.id === id ? draft : undefined,
    error: refused ?? asked.error,
    change,
    saving: open > 0,
  };
}

export function ScopeOf({
  route,
  children,
}: {
  readonly route: Route;
  readonly children: ComponentChildren;
}) {
  const run = useRunOf('run' in route ? route.run : undefined);
  const draft = useDraftOf('draft' in route ? route.draft : undefined);
  const scope = useMemo(() => ({ run, draft }), [run, draft]);
  return <ScopeContext.Provider value={scope}>{children}</ScopeContext.Provider>;
}
