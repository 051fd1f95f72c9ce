import { useEffect } from 'preact/hooks';
import { count } from '../../../domain/counted.ts';
import type { RerunOffer, RowDetail } from '../../api/run-answers.ts';
import { useGet, useKnown } from '../client/hooks.ts';
import { Copy } from '../parts/copy.tsx';
import { Panel, Prose } from '../parts/notes.tsx';
import { type Onward, PlanButton } from '../parts/plan-button.tsx';
import { Screen } from '../parts/screen.tsx';
import { whyOf } from '../parts/table/columns.tsx';
import { OutcomeTag } from '../parts/tag.tsx';
import { utc } from '../../../domain/utc.ts';
import { goTo, Link } from '../shell/navigation.tsx';
import { useRun } from '../shell/scope.tsx';
import { NoRun } from '../shell/waiting.tsx';
import { Attempts } from './attempts.tsx';

const onwardOf = ({ request: { only, rows, errors } }: RerunOffer): Onward => ({
  kind: 'rerun',
  body: {
    only: [...only],
    ...(rows === undefined ? {} : { rows: [...rows] }),
    ...(errors === undefined ? {} : { errors: [...errors] }),
  },
});

function Standing({ run, row }: { readonly run: string; readonly row: RowDetail }) {
  const { meaning, remedy, again, adminUrl, outcome, verdict } = row;
  const why = whyOf(row);
  return (
    <Panel>
      <p class="standing">
        <OutcomeTag outcome={outcome} planned={verdict === 'act' && row.tries.length === 0} />{' '}
        <bdi>{why}</bdi>
      </p>
      {meaning !== undefined && meaning !== why && (
        <p>
          <Prose>{meaning}</Prose>
        </p>
      )}
      {remedy !== undefined && (
        <p>
          <b>What to do: </b>
          <Prose>{remedy}</Prose>
        </p>
      )}
      {(again !== undefined || adminUrl !== undefined) && (
        <div class="actions">
          {again !== undefined && (
            <PlanButton run={run} onward={onwardOf(again.row)} look="primary">
              Only this one again
            </PlanButton>
          )}
          {again?.error !== undefined && (
            <PlanButton run={run} onward={onwardOf(again.error)}>
              All with this error again
            </PlanButton>
          )}
          {adminUrl !== undefined && (
            <a class="button plain" href={adminUrl} target="_blank" rel="noreferrer noopener">
              Open in the Admin Console
            </a>
          )}
        </div>
      )}
    </Panel>
  );
}

const NO_NAMES: ReadonlySet<string> = new Set();
/** Data of a user that is needed elsewhere: in the Admin Console, or in a ticket. */
const COPIED: ReadonlySet<string> = new Set(['Login', 'Id']);

function Cells({
  cells,
  copied = NO_NAMES,
}: {
  readonly cells: readonly (readonly [string, string | undefined])[];
  /** Names of cells with a button that copies them. */
  readonly copied?: ReadonlySet<string>;
}) {
  return (
    <dl class="cells">
      {cells.map(([name, cell]) => (
        <div key={name}>
          <dt>
            <bdi>{name}</bdi>
          </dt>
          <dd>
            <bdi>{cell === undefined || cell === '' ? '–' : cell}</bdi>{' '}
            {cell !== undefined && copied.has(name) && (
              <Copy text={cell} label={`Copy the ${name.toLowerCase()}`} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Origin({ row }: { readonly row: RowDetail }) {
  // `--all` and `--search …` instead of the name of a file
  const isFlag = row.source.startsWith('--');
  const told = (ms: number | undefined) =>
    ms === undefined ? undefined : utc(new Date(ms).toISOString());
  return (
    <div class="two">
      <Panel title={isFlag ? 'How the user was selected' : 'As in the file'}>
        <Cells cells={Object.entries(row.columns)} />
        <p class="muted small">
          <bdi>{row.source}</bdi>, {isFlag ? 'number' : 'line'} {count(row.line)}:{' '}
          <bdi>{row.input}</bdi>
        </p>
      </Panel>
      <Panel title="As Okta had the user when planned">
        <Cells
          copied={COPIED}
          cells={[
            ['Login', row.login],
            ['Id', row.userId],
            ['Status', row.status],
            ['Signs in with', row.providerType],
            ['Status changed', told(row.statusChangedMs)],
            ['Password changed', told(row.passwordChangedMs)],
          ]}
        />
      </Panel>
    </div>
  );
}

/** Makes Escape go back to the place where the row was opened. */
function useEscape(run: string): void {
  useEffect(() => {
    const back = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      if (history.length > 1) history.back();
      else goTo({ kind: 'run', run, screen: 'open' });
    };
    addEventListener('keydown', back);
    return () => removeEventListener('keydown', back);
  }, [run]);
}

/** One row: its input, its verdict, every attempt, and what to do. */
export function Row({ run, row }: { readonly run: string; readonly row: number }) {
  const phase = useKnown(({ live }) => live.get(run)?.phase);
  const asked = useGet(
    '/api/runs/:run/rows/:row',
    { params: { run, row } },
    { version: phase ?? '' },
  );
  const { value: detail } = useRun();
  useEscape(run);
  const { value } = asked;
  if (value === undefined) return <NoRun run={run} error={asked.error} />;
  const total = detail?.rows ?? row;
  return (
    <Screen
      name={`Row ${count(row)}`}
      about={
        <>
          Row {count(row)} of {count(total)} ·{' '}
          <Link to={{ kind: 'run', run, screen: 'open' }}>Back to the run</Link>
          {row > 1 && (
            <>
              {' '}
              ·{' '}
              <Link to={{ kind: 'row', run, row: row - 1 }} replace>
                Row before
              </Link>
            </>
          )}
          {row < total && (
            <>
              {' '}
              ·{' '}
              <Link to={{ kind: 'row', run, row: row + 1 }} replace>
                Next row
              </Link>
            </>
          )}
        </>
      }
      headline={value.login ?? value.input}
      command={value.again?.row.command ?? detail?.command ?? ''}
    >
      <Standing run={run} row={value} />
      <Attempts tries={value.tries} />
      <Origin row={value} />
    </Screen>
  );
}
