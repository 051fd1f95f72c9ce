import { useEffect, useRef } from 'preact/hooks';
import { count } from '../../../domain/counted.ts';
import type { Question } from '../../api/live.ts';
import { useClient, useDoing } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Panel } from '../parts/notes.tsx';
import { ConsentForm } from './consent.tsx';

function Seen({ question }: { readonly question: Question }) {
  const { seen, mails } = question;
  if (seen.length === 0) return null;
  return (
    <>
      <table class="seen">
        <thead>
          <tr>
            <th>Read back</th>
            <th>Status now</th>
          </tr>
        </thead>
        <tbody>
          {seen.map(({ login, status }) => (
            <tr key={login}>
              <td>
                <bdi>{login}</bdi>
              </td>
              <td>{status}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {mails && (
        <p>
          <b>Have the emails arrived?</b> Ask one of the users before you go on. A link that a mail
          scanner has opened no longer works.
        </p>
      )}
    </>
  );
}

/** What the run asks before it continues. */
export function QuestionPanel({
  run,
  question,
}: {
  readonly run: string;
  readonly question: Question;
}) {
  const { requests } = useClient();
  const going = useDoing();
  const stopping = useDoing();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  const { id, kind, sentence, confirm, unread, later } = question;
  const answer = (doing: typeof going, goOn: boolean, typed?: string) =>
    doing.run(() =>
      requests.post('/api/runs/:run/answer', {
        params: { run },
        body: { question: id, goOn, ...(typed === undefined ? {} : { confirm: typed }) },
      }),
    );
  return (
    <div class="question" ref={place} tabIndex={-1} role="group" aria-label="A question">
      <Panel
        title={
          kind === 'canary'
            ? question.seen.length === 1
              ? 'This one is done and was read back. Go on?'
              : `These ${count(question.seen.length)} are done and were read back. Go on?`
            : 'Before it begins'
        }
      >
        <Seen question={question} />
        {unread.length > 0 && (
          <ul class="notes">
            {unread.map((text) => (
              <li class="note warning" key={text}>
                <bdi>{text}</bdi>
              </li>
            ))}
          </ul>
        )}
        <ConsentForm
          sentence={sentence}
          confirm={confirm}
          later={later}
          yes={kind === 'canary' ? 'Go on' : 'Yes'}
          onYes={(typed) => answer(going, true, typed)}
          busy={going.busy}
          error={going.error ?? stopping.error}
        />
        <div class="actions">
          <Button busy={stopping.busy} onPress={() => answer(stopping, false)}>
            Stop here
          </Button>
          <span class="muted small">You can go on later.</span>
        </div>
      </Panel>
    </div>
  );
}
