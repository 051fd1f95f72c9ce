import { count, counted } from '../../../domain/counted.ts';
import type { FailureGroup } from '../../api/live.ts';
import { Panel, Prose } from '../parts/notes.tsx';
import { PlanButton } from '../parts/plan-button.tsx';
import { firstAndRest, sentence } from '../parts/words.ts';
import { Link } from '../shell/navigation.tsx';

function Group({
  run,
  group,
  canRerun,
}: {
  readonly run: string;
  readonly group: FailureGroup;
  readonly canRerun: boolean;
}) {
  const { code, rows, message, meaning, who, remedy, again, examples } = group;
  const [first, rest] = firstAndRest(meaning ?? message ?? code);
  return (
    <li>
      <div>
        <h3>
          {count(rows)} × <Prose>{first.replace(/:$/, '')}</Prose> <code class="muted">{code}</code>
        </h3>
        {rest !== '' && (
          <p class="muted">
            <Prose>{sentence(rest.trim())}</Prose>
          </p>
        )}
        {remedy !== undefined && (
          <p>
            <Prose>{remedy}</Prose>{' '}
            {who !== undefined && <span class="muted">Who can: {who}.</span>}
          </p>
        )}
        {message !== undefined && meaning !== undefined && (
          <p class="muted small">
            Okta said: <bdi>{message}</bdi>.
          </p>
        )}
        <p class="muted small">
          {examples.slice(0, 3).map(({ row, login }, i) => (
            <>
              {i > 0 && ', '}
              <Link to={{ kind: 'row', run, row }}>
                <bdi>{login ?? `row ${count(row)}`}</bdi>
              </Link>
            </>
          ))}
        </p>
      </div>
      {again && canRerun && (
        <PlanButton run={run} onward={{ kind: 'rerun', body: { errors: [code] } }}>
          {rows === 1 ? 'Again, this one' : `Again, these ${count(rows)}`}
        </PlanButton>
      )}
    </li>
  );
}

/** Failed and unknown rows by what was said, each with what to do. */
export function FailureGroups({
  run,
  failures,
  canRerun,
}: {
  readonly run: string;
  readonly failures: readonly FailureGroup[];
  readonly canRerun: boolean;
}) {
  if (failures.length === 0) return null;
  const rows = failures.reduce((sum, group) => sum + group.rows, 0);
  return (
    <Panel title="What failed" aside={<span class="muted small">{counted(rows, 'row')}</span>}>
      <ul class="settle">
        {failures.map((group) => (
          <Group key={group.code} run={run} group={group} canRerun={canRerun} />
        ))}
      </ul>
    </Panel>
  );
}
