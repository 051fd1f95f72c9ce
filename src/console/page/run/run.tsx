import type { LiveRun } from '../../api/live.ts';
import type { RunDetail } from '../../api/run-answers.ts';
import { useKnown } from '../client/hooks.ts';
import { Begin } from './begin.tsx';
import { Ended } from './ended.tsx';
import { Moving } from './moving.tsx';

/** The states that the screen of a run can be in. */
type View =
  /** Nothing was sent, and a yes is asked for. */
  | { readonly kind: 'begin'; readonly refused: LiveRun | undefined }
  /** This console is working on it. */
  | { readonly kind: 'moving'; readonly live: LiveRun }
  /** It has ended or stopped, or another process is working on it. */
  | { readonly kind: 'still'; readonly live: LiveRun | undefined };

function viewOf(run: RunDetail, live: LiveRun | undefined): View {
  if (live?.phase === 'ended') return { kind: 'still', live };
  if (live !== undefined && live.phase !== 'refused') return { kind: 'moving', live };
  return run.state === 'planned' || run.state === 'declined' || run.state === 'overtaken'
    ? { kind: 'begin', refused: live }
    : { kind: 'still', live };
}

/** A run that is resumed is live again, so what was reported before it ended is older. */
function newest(told: LiveRun | undefined, read: LiveRun | undefined): LiveRun | undefined {
  if (told === undefined || read === undefined) return told ?? read;
  return read.startedAtMs > told.startedAtMs ? read : told;
}

export function useView(run: RunDetail): View {
  const told = useKnown(({ live }) => live.get(run.id));
  return viewOf(run, newest(told, run.liveRun));
}

/** A run: the yes to it, its progress, and its end. */
export function Run({ run }: { readonly run: RunDetail }) {
  const view = useView(run);
  switch (view.kind) {
    case 'begin':
      return <Begin run={run} refused={view.refused} />;
    case 'moving':
      return <Moving run={run} live={view.live} />;
    case 'still':
      return <Ended run={run} live={view.live} />;
    default: {
      const never: never = view;
      return never;
    }
  }
}
