import { counted } from '../../../domain/counted.ts';
import type { Connection } from '../../api/parts.ts';
import { Panel, Prose } from '../parts/notes.tsx';

type Finding = Connection['findings'][number];

const MARKS: Readonly<Record<Finding['level'], readonly [string, string]>> = {
  good: ['✓', 'good'],
  warning: ['!', 'mind'],
  bad: ['✗', 'bad'],
};

function FindingLine({ finding }: { readonly finding: Finding }) {
  const [mark, words] = MARKS[finding.level];
  return (
    <li class={finding.level}>
      <span class="mark" role="img" aria-label={words}>
        {mark}
      </span>
      <div>
        <b>{finding.subject}</b> <bdi>{finding.found}</bdi>
        {finding.remedy !== undefined && (
          <p class="muted">
            <Prose>{finding.remedy}</Prose>
          </p>
        )}
      </div>
    </li>
  );
}

function Lines({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <>
      {findings.map((finding) => (
        <FindingLine key={`${finding.subject} ${finding.found}`} finding={finding} />
      ))}
    </>
  );
}

function titleOf(others: readonly Finding[]): string {
  if (others.length === 0) return 'All is well';
  return others.some(({ level }) => level === 'bad') ? 'What is wrong' : 'Good to know';
}

/** Doctor's checks, one by one as they come. Once all are there, those with a problem are moved to the top. */
export function Findings({
  findings,
  isChecking,
  waitsFor,
}: {
  readonly findings: readonly Finding[];
  readonly isChecking: boolean;
  readonly waitsFor: string | undefined;
}) {
  if (isChecking)
    return (
      <Panel title="Checks">
        <ul class="findings" aria-live="polite">
          <Lines findings={findings} />
          <li class="waits">
            <span class="mark" aria-hidden="true">
              …
            </span>
            <div class="muted">{waitsFor ?? 'Checking'}</div>
          </li>
        </ul>
      </Panel>
    );
  const good = findings.filter(({ level }) => level === 'good');
  const others = findings.filter(({ level }) => level !== 'good');
  return (
    <Panel title={titleOf(others)}>
      <ul class="findings">
        <Lines findings={others} />
      </ul>
      <details>
        <summary>{counted(good.length, 'check')} passed</summary>
        <ul class="findings">
          <Lines findings={good} />
        </ul>
      </details>
    </Panel>
  );
}
