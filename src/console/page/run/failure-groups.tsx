import { count, counted } from '../../../domain/counted.ts';
import { outcomeLabels } from '../../../domain/row/outcome.ts';
import type { FailureGroup } from '../../api/live.ts';
import { Panel, Prose } from '../parts/notes.tsx';
import { PlanButton } from '../parts/plan-button.tsx';
import { Tag } from '../parts/tag.tsx';
import { firstAndRest, sentence } from '../parts/words.ts';
import { Link } from '../shell/navigation.tsx';

const LABELS = outcomeLabels(false);

function Group({
  run,
  group,
  canRerun,
}: {
  readonly run: string;
  readonly group: FailureGroup;
  readonly canRerun: boolean;
}) {
  const { code, rows, unknown, message, meaning, who, remedy, again, examples } = group;
  const [first, rest] = firstAndRest(meaning ?? message ?? code);
  // Some reasons are sentences, which `meaning` says better.
  const isWord = !/\s/.test(code) && first !== code;
  return (
    <li>
      <div>
        <h3>
          {count(rows)} × <Prose>{first.replace(/:$/, '')}</Prose>{' '}
          {isWord && <code class="muted">{code}</code>}{' '}
          {unknown > 0 && (
            <Tag tone="unknown">
              {unknown === rows ? LABELS.unknown : `${count(unknown)} unknown`}
            </Tag>
          )}
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

/** Failed and unknown rows by their code or reason, each with what to do. */
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
  const unknown = failures.reduce((sum, group) => sum + group.unknown, 0);
  const title = unknown === 0 ? 'What failed' : 'What failed or is unknown';
  return (
    <Panel title={title} aside={<span class="muted small">{counted(rows, 'row')}</span>}>
      <ul class="settle">
        {failures.map((group) => (
          <Group key={group.code} run={run} group={group} canRerun={canRerun} />
        ))}
      </ul>
    </Panel>
  );
}
