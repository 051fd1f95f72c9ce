import { count, counted } from '../../../domain/counted.ts';
import type { ListedRun } from '../../api/run-answers.ts';
import { useConsole, useKnown } from '../client/hooks.ts';
import { NextButton } from '../parts/next-step.tsx';
import { Proportions } from '../parts/proportions.tsx';
import { Tag, type Tone } from '../parts/tag.tsx';
import { utc } from '../../../domain/utc.ts';
import { ago, doneWords, STATE_WORDS } from '../parts/words.ts';
import { Link } from '../shell/navigation.tsx';

const TONES: Readonly<Record<ListedRun['state'], Tone>> = {
  planned: 'act',
  declined: 'quiet',
  overtaken: 'quiet',
  running: 'good',
  stopped: 'bad',
  'handed-over': 'quiet',
  finished: 'good',
  damaged: 'bad',
};

function countsText({ counts, targets, rows, state }: ListedRun): string {
  if (state === 'planned' || state === 'declined' || state === 'overtaken')
    return `${count(targets)} of ${counted(rows, 'row')} to act on`;
  const parts = [
    doneWords(counts, targets),
    counts.failed > 0 ? `${count(counts.failed)} failed` : '',
    counts.unknown > 0 ? `${count(counts.unknown)} unknown` : '',
    counts['not-attempted'] > 0 ? `${count(counts['not-attempted'])} to come` : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** A run in the list: what it did, how far it is, and the next thing to do with it. */
export function RunCard({ run }: { readonly run: ListedRun }) {
  const live = useKnown((known) => known.live.get(run.id));
  const { actions } = useConsole();
  const isLive = run.live && live !== undefined && live.phase !== 'ended';
  const counts = isLive ? live.counts : run.counts;
  const label = actions.find(({ action }) => action === run.spec.action)?.label ?? run.spec.action;
  const [next] = run.next;
  const text = countsText({ ...run, counts, state: isLive ? 'running' : run.state });
  return (
    <li class="run">
      <div class="run-head">
        <Link to={{ kind: 'run', run: run.id, screen: 'open' }} class="run-name">
          {label}
        </Link>
        <Tag tone={isLive ? 'good' : TONES[run.state]}>
          {isLive ? STATE_WORDS.running : STATE_WORDS[run.state]}
        </Tag>
      </div>
      <p class="run-counts">{text}</p>
      <p class="muted small">
        <bdi>{run.host}</bdi> · <span title={utc(run.createdAt)}>{ago(run.ageMs)}</span> ·{' '}
        <code>
          <bdi>{run.name}</bdi>
        </code>
      </p>
      {run.state !== 'planned' && <Proportions counts={counts} total={run.targets} label={text} />}
      <div class="run-next">
        {next !== undefined && !isLive && <NextButton run={run} step={next} />}
      </div>
    </li>
  );
}
