import { count, counted } from '../../../domain/counted.ts';
import type { Draft } from '../../api/answers.ts';
import type { Connection } from '../../api/parts.ts';
import type { LiveRun } from '../../api/live.ts';
import type { RunDetail } from '../../api/run-answers.ts';
import { useConsole, useKnown } from '../client/hooks.ts';
import type { Route } from '../route.ts';
import { Link } from './navigation.tsx';
import { useDraft, useRun } from './scope.tsx';

interface Step {
  readonly name: string;
  readonly note: string | undefined;
  /** Undefined if it cannot be opened yet. */
  readonly to: Route | undefined;
  readonly state: 'done' | 'now' | 'open';
}

type Place =
  'connect' | 'who' | 'what' | 'preview' | 'try' | 'go' | 'followup' | 'handover' | 'evidence';

function placeOf(route: Route): Place | undefined {
  switch (route.kind) {
    case 'home':
    case 'nowhere':
      return undefined;
    case 'connect':
      return 'connect';
    case 'draft':
      return route.step;
    case 'planning':
      return 'preview';
    case 'row':
      return 'go';
    case 'run':
      return route.screen === 'open' ? undefined : route.screen;
    default: {
      const never: never = route;
      return never;
    }
  }
}

function whoNote(draft: Draft | undefined): string | undefined {
  if (draft?.hasWho !== true) return undefined;
  const [file] = draft.files;
  if (file !== undefined)
    return draft.files.length === 1 ? file.name : counted(draft.files.length, 'file');
  const { group, search, filter, user, all } = draft.flags;
  if (group !== undefined) return group.join(', ');
  if (user !== undefined) return counted(user.length, 'user');
  if (all !== undefined) return 'everyone';
  return search?.[0] ?? filter?.[0];
}

function beforeRun(
  connection: Connection,
  draftId: string | undefined,
  draft: Draft | undefined,
  run: RunDetail | undefined,
): readonly (Omit<Step, 'state'> & { readonly place: Place; readonly isDone: boolean })[] {
  const toDraft = (step: 'who' | 'what' | 'preview'): Route | undefined =>
    draftId === undefined ? undefined : { kind: 'draft', draft: draftId, step };
  const spec = draft?.spec ?? run?.spec;
  return [
    {
      place: 'connect',
      name: 'Connect',
      note: connection.kind === 'sandbox' ? 'sandbox' : connection.host,
      to: { kind: 'connect' },
      isDone: connection.state === 'connected',
    },
    {
      place: 'who',
      name: 'Who',
      note: run === undefined ? whoNote(draft) : counted(run.rows, 'row'),
      to: toDraft('who'),
      isDone: draft?.hasWho === true || run !== undefined,
    },
    {
      place: 'what',
      name: 'What',
      note: draft !== undefined && draft.flags['action'] === undefined ? undefined : spec?.action,
      to: toDraft('what'),
      isDone: (draft?.hasWho === true && draft.flags['action'] !== undefined) || run !== undefined,
    },
    {
      place: 'preview',
      name: 'Preview',
      note: run === undefined ? undefined : `${count(run.targets)} to act on`,
      to: run === undefined ? toDraft('preview') : { kind: 'run', run: run.id, screen: 'preview' },
      isDone: run !== undefined,
    },
  ];
}

function ofRun(
  run: RunDetail | undefined,
  live: LiveRun | undefined,
  begun: boolean,
): ReturnType<typeof beforeRun> {
  const to = (screen: 'try' | 'go' | 'followup' | 'handover' | 'evidence'): Route | undefined =>
    run === undefined ? undefined : { kind: 'run', run: run.id, screen };
  const isOver = run?.state === 'finished' || run?.state === 'handed-over';
  const after = (screen: 'followup' | 'handover' | 'evidence') => (begun ? to(screen) : undefined);
  const done = live?.counts.succeeded ?? run?.counts.succeeded ?? 0;
  return [
    ...(begun
      ? []
      : [
          {
            place: 'try',
            name: 'Try a few',
            note: undefined,
            to: to('try'),
            isDone: false,
          } as const,
        ]),
    {
      place: 'go',
      name: 'Run',
      note: begun ? `${count(done)} succeeded` : undefined,
      to: to('go'),
      isDone: isOver,
    },
    ...(run !== undefined && run.secrets !== 'none'
      ? [
          {
            place: 'handover',
            name: 'Hand over',
            note: undefined,
            to: after('handover'),
            isDone: false,
          } as const,
        ]
      : []),
    { place: 'followup', name: 'Follow up', note: undefined, to: after('followup'), isDone: false },
    { place: 'evidence', name: 'Evidence', note: undefined, to: after('evidence'), isDone: false },
  ];
}

/** The steps, and which of them this screen belongs to. */
export function Steps({ route }: { readonly route: Route }) {
  const { connection } = useConsole();
  const { value: run } = useRun();
  const { draft } = useDraft();
  const live = useKnown((known) => ('run' in route ? known.live.get(route.run) : undefined));
  const place = placeOf(route);
  if (route.kind === 'home' || route.kind === 'nowhere') return null;
  const begun =
    (live !== undefined && live.phase !== 'refused') ||
    (run !== undefined && !['planned', 'declined', 'overtaken'].includes(run.state));
  const draftId = 'draft' in route ? route.draft : run?.draft;
  const steps = [...beforeRun(connection, draftId, draft, run), ...ofRun(run, live, begun)];
  return (
    <nav class="steps" aria-label="Steps">
      <ol>
        {steps.map((step, i) => {
          const isNow = step.place === place;
          const look = isNow ? 'now' : step.isDone ? 'done' : 'open';
          const words = (
            <>
              <span class="n" aria-hidden="true">
                {step.isDone && !isNow ? '✓' : i + 1}
              </span>
              <span class="step-name">
                {step.name}
                {step.note !== undefined && <small title={step.note}>{step.note}</small>}
              </span>
            </>
          );
          return (
            <li key={step.place} class={look}>
              {step.to === undefined ? (
                <span class="step">{words}</span>
              ) : (
                <Link to={step.to} class="step" current={isNow ? 'step' : undefined}>
                  {words}
                </Link>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
