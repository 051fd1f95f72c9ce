import { useEffect, useState } from 'preact/hooks';
import { counted } from '../../../domain/counted.ts';
import type { Handover, TableRow } from '../../api/run-answers.ts';
import { useClient, useDoing } from '../client/hooks.ts';
import { after, every } from '../client/timers.ts';
import { Button } from '../parts/button.tsx';
import { Copy } from '../parts/copy.tsx';
import { Problem } from '../parts/notes.tsx';
import { Tag } from '../parts/tag.tsx';
import { utc } from '../../../domain/utc.ts';

const SHOWN_SECONDS = 30;

/** The secret that a press has shown. It is removed from the page after 30 seconds, and as soon as the tab is hidden. */
function useSecret() {
  const [secret, setSecret] = useState<string | undefined>(undefined);
  const [left, setLeft] = useState(SHOWN_SECONDS);
  useEffect(() => {
    if (secret === undefined) return undefined;
    setLeft(SHOWN_SECONDS);
    const mask = () => setSecret(undefined);
    const stops = [
      after(SHOWN_SECONDS * 1000, mask),
      every(1000, () => setLeft((seconds) => Math.max(0, seconds - 1))),
    ];
    const hidden = () => document.hidden && mask();
    document.addEventListener('visibilitychange', hidden);
    return () => {
      for (const stop of stops) stop();
      document.removeEventListener('visibilitychange', hidden);
    };
  }, [secret]);
  return { secret, setSecret, left };
}

function historyWords({ shown, lastShownAt, handedOverAt }: Handover): string {
  if (handedOverAt !== undefined) return `Handed over ${utc(handedOverAt)}`;
  return shown === 0
    ? 'Not shown yet'
    : `Shown ${counted(shown, 'time')}, last ${utc(lastShownAt)}`;
}

/** What the buttons of a row do: show, mask, mark. */
function useHandover(run: string, row: TableRow, onMarked: () => void) {
  const { requests } = useClient();
  const showing = useDoing();
  const marking = useDoing();
  const { secret, setSecret, left } = useSecret();
  const [handover, setHandover] = useState(row.handover);
  const params = { run, row: row.row };
  const done = handover?.handedOverAt === undefined;
  const show = () =>
    showing.run(
      () => requests.post('/api/runs/:run/rows/:row/secret', { params, body: {} }),
      (shown) => {
        setSecret(shown.secret);
        setHandover(shown.handover);
      },
    );
  const mark = () =>
    marking.run(
      () => requests.post('/api/runs/:run/rows/:row/handed-over', { params, body: { done } }),
      (next) => {
        setHandover(next);
        setSecret(undefined);
        onMarked();
      },
    );
  return { secret, left, handover, showing, marking, show, mark, mask: () => setSecret(undefined) };
}

function Secret({
  secret,
  left,
  name,
}: {
  readonly secret: string | undefined;
  readonly left: number;
  readonly name: string;
}) {
  return (
    <p class="secret" aria-live="off">
      {secret === undefined ? (
        <span class="masked" aria-label="Masked">
          ••••••••
        </span>
      ) : (
        <>
          <code class="shown-secret">{secret}</code>
          <Copy text={secret} label={`Copy what is shown for ${name}`} />
          <span class="muted small">{left} s</span>
        </>
      )}
    </p>
  );
}

/**
 * One user's temporary password or link: show it, hand it over, and mark it as handed over. `onMarked` is called when the
 * mark is stored.
 */
export function HandOverRow({
  run,
  row,
  canOpen,
  onMarked,
}: {
  readonly run: string;
  readonly row: TableRow;
  readonly canOpen: boolean;
  readonly onMarked: () => void;
}) {
  const { secret, left, handover, showing, marking, show, mark, mask } = useHandover(
    run,
    row,
    onMarked,
  );
  const name = row.login ?? row.input;
  const isDone = handover?.handedOverAt !== undefined;
  const isMasked = secret === undefined;
  return (
    <li>
      <div class="handover-who">
        <b>
          <bdi>{name}</bdi>
        </b>{' '}
        {isDone && <Tag tone="good">Handed over</Tag>}
        <p class="muted small">{handover === undefined ? '' : historyWords(handover)}</p>
      </div>
      <Secret secret={secret} left={left} name={name} />
      <div class="handover-buttons">
        <Button
          look="small"
          busy={showing.busy}
          off={canOpen ? undefined : 'This console has no key for it'}
          label={`${isMasked ? 'Show' : 'Mask'} for ${name}`}
          onPress={isMasked ? show : mask}
        >
          {isMasked ? 'Show' : 'Mask'}
        </Button>
        <Button
          look="small"
          busy={marking.busy}
          label={isDone ? `Undo: ${name}` : `Handed over to ${name}`}
          onPress={mark}
        >
          {isDone ? 'Undo' : 'Handed over'}
        </Button>
      </div>
      <Problem error={showing.error ?? marking.error} />
    </li>
  );
}
