import { useEffect } from 'preact/hooks';
import type { RunDetail } from '../../api/run-answers.ts';
import { Evidence } from '../evidence/evidence.tsx';
import { FollowUp } from '../followup/follow-up.tsx';
import { HandOver } from '../handover/hand-over.tsx';
import { Preview } from '../preview/preview.tsx';
import type { RunScreen as Name } from '../route.ts';
import { Run } from '../run/run.tsx';
import { TryFew } from '../run/try-few.tsx';
import { goTo } from './navigation.tsx';
import { useRun } from './scope.tsx';
import { NoRun } from './waiting.tsx';

/** Tells whether nothing was sent in the run, and it can still be begun. */
const isPlan = ({ state, liveRun, live }: RunDetail) =>
  !live &&
  (liveRun === undefined || liveRun.phase === 'refused') &&
  (state === 'planned' || state === 'declined' || state === 'overtaken');

/** Opens the screen that fits the state of a run. */
function Opening({ run }: { readonly run: RunDetail }) {
  useEffect(() => {
    const screen = isPlan(run) ? 'preview' : 'go';
    goTo({ kind: 'run', run: run.id, screen }, { replace: true });
  }, []);
  return <NoRun run={run.id} error={undefined} />;
}

/** The screens of a run, after it was read. */
export function RunScreen({ run: id, screen }: { readonly run: string; readonly screen: Name }) {
  const { value: run, error } = useRun();
  if (run === undefined) return <NoRun run={id} error={error} />;
  switch (screen) {
    case 'open':
      return <Opening run={run} />;
    case 'preview':
      return <Preview run={run} />;
    case 'try':
      return <TryFew run={run} />;
    case 'go':
      return <Run run={run} />;
    case 'followup':
      return <FollowUp run={run} />;
    case 'handover':
      return <HandOver run={run} />;
    case 'evidence':
      return <Evidence run={run} />;
    default: {
      const never: never = screen;
      return never;
    }
  }
}
