import { formatDuration } from '../../../domain/duration.ts';
import type { Attempt } from '../../api/run-answers.ts';
import { Copy } from '../parts/copy.tsx';
import { Panel } from '../parts/notes.tsx';
import { Tag, type Tone } from '../parts/tag.tsx';
import { utc } from '../../../domain/utc.ts';

const EFFECTS: Readonly<Record<Attempt['effect'], readonly [Tone, string]>> = {
  applied: ['good', 'Took effect'],
  'not-applied': ['bad', 'No effect'],
  unknown: ['unknown', 'Not known'],
  open: ['unknown', 'No answer yet'],
};

function took({ sentAt, endedAt }: Attempt): string {
  return endedAt === undefined ? '' : formatDuration(Date.parse(endedAt) - Date.parse(sentAt));
}

function Line({ tried }: { readonly tried: Attempt }) {
  const { call, sentAt, effect, reconciled, httpStatus, error, message, requestId } = tried;
  const [tone, words] = EFFECTS[effect];
  return (
    <li>
      <div class="attempt-head">
        <Tag tone={tone}>{words}</Tag>
        <span>{utc(sentAt)}</span>
        <span class="muted">{took(tried)}</span>
        {reconciled && <span class="muted">read back from Okta</span>}
      </div>
      <code class="block">{call}</code>
      <p>
        {httpStatus !== undefined && <b>HTTP {httpStatus} </b>}
        {error !== undefined && <code>{error}</code>}{' '}
        {message !== undefined && <bdi>{message}</bdi>}
      </p>
      {requestId !== undefined && (
        <p class="request muted small">
          Request <code>{requestId}</code> <Copy text={requestId} label="Copy the request id" />
        </p>
      )}
    </li>
  );
}

/** Every call that was sent for a row, with its answer. */
export function Attempts({ tries }: { readonly tries: readonly Attempt[] }) {
  return (
    <Panel title="What was sent">
      {tries.length === 0 ? (
        <p class="muted">Nothing.</p>
      ) : (
        <ol class="attempts">
          {tries.map((tried) => (
            <Line key={`${tried.step} ${tried.attempt} ${tried.sentAt}`} tried={tried} />
          ))}
        </ol>
      )}
    </Panel>
  );
}
