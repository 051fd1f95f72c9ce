import { count, counted } from '../../../domain/counted.ts';
import { shortDigest } from '../../../domain/plan/confirmation.ts';
import { formatDuration } from '../../../domain/duration.ts';
import type { RunDetail, TableRow } from '../../api/run-answers.ts';
import { useServerNow } from '../client/hooks.ts';
import { Facts } from '../parts/facts.tsx';
import { Panel } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { FilteredRows, chosenOf, useFilter } from '../parts/table/filtered-rows.tsx';
import type { RowFilter } from '../parts/table/row-source.ts';
import { useSelection } from '../parts/table/selection.ts';
import { type Tile, Tiles } from '../parts/tiles.tsx';
import { reasonWords, sentence, timeOf } from '../parts/words.ts';
import { Link } from '../shell/navigation.tsx';
import { LeaveOutSelected } from './leave-out-selected.tsx';
import { Warnings } from './warnings.tsx';

const ACT = 'act';

function tilesOf({ targets, skips }: RunDetail): readonly Tile<string>[] {
  return [
    { key: ACT, rows: targets, label: 'to act on', tone: 'act' },
    ...skips.map(({ reason, rows, meaning }) => ({
      key: reason,
      rows,
      label: reasonWords(reason),
      title: meaning,
    })),
  ];
}

const tileOf = ({ verdict, reason }: RowFilter) => reason ?? (verdict === 'act' ? ACT : undefined);

const isActedOn = ({ verdict }: TableRow) => verdict === 'act';

function headlineOf({ targets, rows }: RunDetail): string {
  if (targets === 0) return 'Nobody would be acted on.';
  const rest = rows - targets;
  const act = `${counted(targets, 'person', 'people')} would be acted on.`;
  return rest === 0 ? act : `${act} ${count(rest)} would not.`;
}

const durationWords = (durationMs: number | undefined): string =>
  durationMs === undefined ? 'not known' : formatDuration(durationMs);

function PlanFacts({ run, begun }: { readonly run: RunDetail; readonly begun: boolean }) {
  const now = useServerNow();
  const { estimate, calls } = run.preview;
  const { endsAtMs, expiresAtMs } = run;
  const sends = run.targets > 0;
  return (
    <Panel
      title={
        !sends ? 'The plan' : begun ? 'What this plan sends' : 'What is sent, once you say yes'
      }
    >
      {sends && (
        <ul class="calls">
          {calls.map((call) => (
            <li key={call}>
              <code>{call}</code>
            </li>
          ))}
        </ul>
      )}
      <Facts
        facts={[
          ...(sends ? ([['Calls', count(estimate.calls)]] as const) : []),
          ...(sends && !begun
            ? ([
                ['Takes about', durationWords(estimate.durationMs)],
                [
                  'Ends',
                  endsAtMs === undefined ? undefined : `${timeOf(endsAtMs, now)} if it starts now`,
                ],
              ] as const)
            : []),
          ['Planned by', run.plannedBy],
          ['Digest', shortDigest(run.planDigest)],
          ...(begun || expiresAtMs === undefined
            ? []
            : ([['Good until', timeOf(expiresAtMs, now)]] as const)),
        ]}
      />
    </Panel>
  );
}

function GoOn({ run }: { readonly run: RunDetail }) {
  const { state, targets, connected, next } = run;
  const open = next.find(({ does }) => does?.kind === 'open')?.does;
  if (state === 'overtaken' && open?.kind === 'open')
    return (
      <p class="note info">
        Another run has done this since.{' '}
        <Link to={{ kind: 'run', run: open.run, screen: 'open' }}>Open it</Link>
      </p>
    );
  if (targets === 0)
    return <p class="note info">There is nothing to run. Each row below says why.</p>;
  if (!connected)
    return (
      <div class="actions">
        <Link to={{ kind: 'connect' }} class="button primary">
          Connect to {run.host} first
        </Link>
      </div>
    );
  return (
    <div class="actions">
      <Link to={{ kind: 'run', run: run.id, screen: 'try' }} class="button primary">
        Try a few first
      </Link>
      <Link to={{ kind: 'run', run: run.id, screen: 'go' }} class="button plain">
        Run all {count(targets)}
      </Link>
    </div>
  );
}

/** The plan: who would be acted on, who would not and why, and what to know before a yes. */
export function Preview({ run }: { readonly run: RunDetail }) {
  const [filter, setFilter] = useFilter();
  const choose = (key: string | undefined) => {
    const { search } = filter;
    const rest: RowFilter = search === undefined ? {} : { search };
    if (key === undefined) setFilter(rest);
    else if (key === ACT) setFilter({ ...rest, verdict: 'act' });
    else setFilter({ ...rest, verdict: 'skip', reason: key });
  };
  const selection = useSelection(isActedOn);
  const begun = !['planned', 'declined', 'overtaken'].includes(run.state);
  const draft = begun || run.targets === 0 ? undefined : run.draft;
  return (
    <Screen
      name="Preview"
      about={begun ? 'The plan of this run' : 'Preview · nothing has been sent'}
      headline={headlineOf(run)}
      sub={`${sentence(run.does)} · ${run.host}`}
      command={run.command}
    >
      <Tiles
        label="Show only"
        tiles={tilesOf(run)}
        chosen={tileOf(chosenOf(filter))}
        onChoose={choose}
      />
      <Warnings run={run} />
      {!begun && <GoOn run={run} />}
      <FilteredRows
        run={run.id}
        total={run.rows}
        filter={filter}
        onFilter={setFilter}
        planned
        label="Rows of the plan"
        selection={draft === undefined ? undefined : selection}
      >
        {draft !== undefined && <LeaveOutSelected draft={draft} selection={selection} />}
      </FilteredRows>
      <PlanFacts run={run} begun={begun} />
    </Screen>
  );
}
