import { count, counted } from '../../../domain/counted.ts';
import { formatDuration } from '../../../domain/duration.ts';
import type { TakenFollowup } from '../../api/live.ts';
import type { RunDetail } from '../../api/run-answers.ts';
import { useClient, useDoing, useKnown } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Download } from '../parts/download.tsx';
import { Facts } from '../parts/facts.tsx';
import { NextSteps } from '../parts/next-step.tsx';
import { Notes, Panel, Problem } from '../parts/notes.tsx';
import { type Onward, PlanButton } from '../parts/plan-button.tsx';
import { Screen } from '../parts/screen.tsx';
import { utc } from '../../../domain/utc.ts';
import { inWords } from '../parts/words.ts';
import { Link } from '../shell/navigation.tsx';

type Taken = NonNullable<TakenFollowup['result']>;

const WIDTH = 1000;
const NARROWEST = 6;

/** Users who can still use what they were sent. They are emailed again only if that is explicitly requested. */
const WAITING = 'waiting';

const onwardOf = (state: string): Onward => ({
  kind: 'resend',
  body: { only: [state], ...(state === WAITING ? { flags: { again: [] } } : {}) },
});

function State({
  run,
  state,
  users,
}: {
  readonly run: string;
  readonly state: Taken['states'][number];
  readonly users: number;
}) {
  const width = users === 0 ? 0 : Math.max(NARROWEST, (state.users / users) * WIDTH);
  return (
    <li>
      <b class="n">{count(state.users)}</b>
      <div>
        <h3>{inWords(state.state)}</h3>
        <svg viewBox={`0 0 ${WIDTH} 10`} preserveAspectRatio="none" aria-hidden="true">
          <rect class="fill-state" width={width} height="10" />
        </svg>
        <p class="muted small">
          <bdi>{state.meaning}</bdi>
          {state.state === WAITING && '. A new email makes the earlier link stop working.'}
        </p>
      </div>
      {state.resend !== 'never' && (
        <PlanButton run={run} onward={onwardOf(state.state)} look="small">
          Send again
        </PlanButton>
      )}
    </li>
  );
}

function headlineOf(run: RunDetail, taken: Taken | undefined): string {
  if (taken === undefined) return `How far are the ${count(run.counts.succeeded)}?`;
  const { good, users } = taken;
  return `${count(good.users)} of ${counted(users, 'user')} ${good.words}`;
}

const LIFETIME_FROM = {
  policy: 'by the password policy',
  flag: 'as you set it',
  assumed: 'assumed',
} as const;

const linksText = ({ lifetimeMs, from }: NonNullable<Taken['links']>): string =>
  `${formatDuration(lifetimeMs)} (${LIFETIME_FROM[from]})`;

function Result({ run, taken }: { readonly run: RunDetail; readonly taken: Taken }) {
  const { links, neverReset, unreadable, done } = taken;
  const some = taken.states.filter(({ users }) => users > 0);
  const none = taken.states.filter(({ users }) => users === 0);
  return (
    <>
      <Panel title="How far they are">
        <ul class="funnel">
          {some.map((state) => (
            <State key={state.state} run={run.id} state={state} users={taken.users} />
          ))}
        </ul>
        {none.length > 0 && (
          <p class="muted small nobody">
            Nobody: {none.map(({ state }) => inWords(state)).join(', ')}.
          </p>
        )}
        <Facts
          facts={[
            ['Looked up', utc(taken.takenAt)],
            ['Proven by the System Log', count(taken.proven)],
            ...(links === undefined ? [] : [['Links last', linksText(links)] as const]),
            ...(neverReset > 0 ? [[`Never ${done}`, count(neverReset)] as const] : []),
            ...(unreadable > 0 ? [['Not readable', count(unreadable)] as const] : []),
          ]}
        />
      </Panel>
      {taken.next.length > 0 && (
        <Panel title="What remains to be done">
          <NextSteps run={run} steps={taken.next} />
        </Panel>
      )}
    </>
  );
}

/** How far the users of a run are: who has finished, who waits, who is stuck. */
export function FollowUp({ run }: { readonly run: RunDetail }) {
  const { requests } = useClient();
  const doing = useDoing();
  const told = useKnown(({ followups }) => followups.get(run.id)) ?? run.followup;
  const isReading = told?.state === 'reading' || doing.busy;
  const take = () =>
    doing.run(() =>
      requests.post('/api/runs/:run/followup', { params: { run: run.id }, body: {} }),
    );
  const file = run.files.find(({ kind }) => kind === 'followup-csv');
  return (
    <Screen
      name="Follow up"
      about="Follow up · nothing is sent"
      headline={headlineOf(run, told?.result)}
      sub="Reads each user, and the System Log if the credential can. Nothing is changed."
      command={run.command.replace(/\b(execute|resume|rerun|report)\b/, 'followup')}
    >
      <div class="actions">
        {run.connected ? (
          <Button
            look={told?.result === undefined ? 'primary' : 'plain'}
            busy={isReading}
            onPress={take}
          >
            {isReading ? 'Reading…' : told?.result === undefined ? 'Look now' : 'Look again'}
          </Button>
        ) : (
          <Link to={{ kind: 'connect' }} class="button primary">
            Connect to {run.host} first
          </Link>
        )}
        {file !== undefined && <Download run={run.id} file={file} words="CSV for the help desk" />}
      </div>
      <Problem error={doing.error ?? told?.error} />
      <Notes notes={told?.notes ?? []} />
      {told?.result !== undefined && <Result run={run} taken={told.result} />}
    </Screen>
  );
}
