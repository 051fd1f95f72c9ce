import { useEffect } from 'preact/hooks';
import { count } from '../../../domain/counted.ts';
import type { RerunOffer, RowDetail } from '../../api/run-answers.ts';
import { useClient, useDoing, useGet, useKnown } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Panel, Problem, Prose } from '../parts/notes.tsx';
import { Screen } from '../parts/screen.tsx';
import { whyOf } from '../parts/table/columns.tsx';
import { OutcomeTag } from '../parts/tag.tsx';
import { utc } from '../parts/words.ts';
import { goTo, Link } from '../shell/navigation.tsx';
import { useRun } from '../shell/scope.tsx';
import { NoRun } from '../shell/waiting.tsx';
import { Attempts } from './attempts.tsx';

function Again({
  run,
  offer,
  words,
  look,
}: {
  readonly run: string;
  readonly offer: RerunOffer;
  readonly words: string;
  readonly look: 'plain' | 'primary';
}) {
  const { requests } = useClient();
  const doing = useDoing();
  const { only, rows, errors } = offer.request;
  const rerun = () =>
    doing.run(
      () =>
        requests.post('/api/runs/:run/rerun', {
          params: { run },
          body: {
            only: [...only],
            ...(rows === undefined ? {} : { rows: [...rows] }),
            ...(errors === undefined ? {} : { errors: [...errors] }),
          },
        }),
      ({ planning }) => goTo({ kind: 'planning', run, planning }),
    );
  return (
    <>
      <Button look={look} busy={doing.busy} onPress={rerun}>
        {words}
      </Button>
      <Problem error={doing.error} />
    </>
  );
}

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
            <Again run={run} offer={again.row} words="Only this one again" look="primary" />
          )}
          {again?.error !== undefined && (
            <Again run={run} offer={again.error} words="All with this error again" look="plain" />
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

function Cells({ cells }: { readonly cells: readonly (readonly [string, string | undefined])[] }) {
  return (
    <dl class="cells">
      {cells.map(([name, cell]) => (
        <div key={name}>
          <dt>
            <bdi>{name}</bdi>
          </dt>
          <dd>
            <bdi>{cell === undefined || cell === '' ? '–' : cell}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Origin({ row }: { readonly row: RowDetail }) {
  const told = (ms: number | undefined) =>
    ms === undefined ? undefined : utc(new Date(ms).toISOString());
  return (
    <div class="two">
      <Panel title="As the file has it">
        <Cells cells={Object.entries(row.columns)} />
        <p class="muted small">
          <bdi>{row.source}</bdi>, line {count(row.line)}: <bdi>{row.input}</bdi>
        </p>
      </Panel>
      <Panel title="As Okta had the user when planned">
        <Cells
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

/** Escape goes back to where the row was opened. */
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
              · <Link to={{ kind: 'row', run, row: row - 1 }}>Row before</Link>
            </>
          )}
          {row < total && (
            <>
              {' '}
              · <Link to={{ kind: 'row', run, row: row + 1 }}>Next row</Link>
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
