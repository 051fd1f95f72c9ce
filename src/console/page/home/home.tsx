import { useState } from 'preact/hooks';
import { counted } from '../../../domain/counted.ts';
import { byOrg } from '../../../domain/org/org-key.ts';
import type { ListedRun, Runs as ListedRuns } from '../../api/run-answers.ts';
import { useConsole, useGet, useKnown } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Problem, Prose } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { Tiles } from '../parts/tiles.tsx';
import { goTo, Link } from '../shell/navigation.tsx';
import { FirstSteps } from './first-steps.tsx';
import { RunCard } from './run-card.tsx';
import { useNewDraft } from './new-draft.ts';

type Sort = 'unfinished' | 'waiting' | 'over';

function sortOf({ state, live }: ListedRun): Sort {
  if (live || state === 'running' || state === 'stopped' || state === 'damaged')
    return 'unfinished';
  return state === 'planned' ? 'waiting' : 'over';
}

function headlineOf(runs: readonly ListedRun[]): string {
  const open = runs.filter((run) => sortOf(run) === 'unfinished');
  const running = open.filter(({ live, state }) => live || state === 'running').length;
  const stopped = open.length - running;
  if (running > 0 && stopped > 0)
    return `${counted(running, 'run')} under way, ${stopped} interrupted`;
  if (running > 0) return `${counted(running, 'run')} under way`;
  if (stopped > 0) return `${counted(stopped, 'run')} interrupted`;
  const waiting = runs.filter(({ state }) => state === 'planned').length;
  if (waiting > 0)
    return `${counted(waiting, 'plan')} ${waiting === 1 ? 'waits' : 'wait'} for a yes`;
  return counted(runs.length, 'run');
}

function matches(run: ListedRun, text: string): boolean {
  const words = [run.name, run.host, run.spec.action, run.createdAt].join(' ').toLowerCase();
  return words.includes(text.trim().toLowerCase());
}

function Runs({ runs }: { readonly runs: readonly ListedRun[] }) {
  const [sort, setSort] = useState<Sort | undefined>(undefined);
  const [text, setText] = useState('');
  const tile = (key: Sort, label: string) => ({
    key,
    label,
    rows: runs.filter((run) => sortOf(run) === key).length,
  });
  const shown = runs.filter(
    (run) => (sort === undefined || sortOf(run) === sort) && matches(run, text),
  );
  const isOneOrg = byOrg(runs).length === 1;
  return (
    <>
      <Tiles
        label="Show only"
        chosen={sort}
        onChoose={setSort}
        tiles={[
          { ...tile('unfinished', 'under way or interrupted'), tone: 'bad' },
          { ...tile('waiting', 'plans that wait for a yes'), tone: 'act' },
          tile('over', 'ended'),
        ]}
      />
      <div class="tools">
        <Field
          label="Search the runs"
          hideLabel
          placeholder="Search by org, action, name or date"
          kind="search"
          value={text}
          onInput={setText}
        />
      </div>
      {byOrg(shown).map((org) => (
        <section key={org.key} class="runs-of-org">
          {isOneOrg ? null : (
            <h2>
              <bdi>{org.hosts.join(', ')}</bdi>
            </h2>
          )}
          <ul class="runs">
            {org.runs.map((run) => (
              <RunCard key={run.id} run={run} />
            ))}
          </ul>
        </section>
      ))}
      {shown.length === 0 && <p class="muted">No run matches.</p>}
    </>
  );
}

function NewRun() {
  const { connection, drafts } = useConsole();
  const { start, doing } = useNewDraft();
  const isConnected = connection.state === 'connected';
  const last = drafts.at(-1);
  return (
    <>
      <div class="actions">
        <Button
          look="primary"
          busy={doing.busy}
          onPress={() => (isConnected ? start() : goTo({ kind: 'connect' }))}
        >
          {isConnected ? 'New run' : 'Connect, and start a new run'}
        </Button>
        {last !== undefined && (
          <Link to={{ kind: 'draft', draft: last, step: 'who' }} class="button plain">
            Continue the last draft
          </Link>
        )}
      </div>
      <Problem error={doing.error} />
    </>
  );
}

const CODE = /^[A-Z][A-Z_]+$/;

/** Folders that look like runs but are not. A name can be any text, so it is isolated and cannot turn the text around it. */
function Unreadable({ runs }: { readonly runs: ListedRuns['unreadable'] }) {
  if (runs.length === 0) return null;
  return (
    <ul class="notes" aria-label="Not readable">
      {runs.map(({ name, problem }) => (
        <li class="note warning" key={name}>
          <code>
            <bdi>{name}</bdi>
          </code>{' '}
          is not a readable run: <bdi>{problem}</bdi>.
          {CODE.test(problem) && (
            <span class="muted">
              {' '}
              In a terminal: <Prose>{`okta-reset explain ${problem}`}</Prose>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The runs of this folder, unfinished ones first. */
export function Home() {
  const { cwd } = useConsole();
  const version = useKnown((known) => known.runsVersion);
  const { value, error } = useGet('/api/runs', {}, { version });
  const none = value?.runs.length === 0 && value.unreadable.length === 0;
  return (
    <Screen
      name="Runs"
      about={
        <>
          Runs in <code>{cwd}</code>
        </>
      }
      headline={
        value === undefined
          ? 'Runs'
          : none
            ? 'Nothing has been done here yet'
            : headlineOf(value.runs)
      }
      command="okta-reset runs"
    >
      <Problem error={error} />
      {value !== undefined && (none ? <FirstSteps /> : <NewRun />)}
      {value !== undefined && value.runs.length > 0 && <Runs runs={value.runs} />}
      {value !== undefined && <Unreadable runs={value.unreadable} />}
    </Screen>
  );
}
