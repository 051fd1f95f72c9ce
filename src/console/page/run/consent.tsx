import { useLayoutEffect, useState } from 'preact/hooks';
import { count, counted } from '../../../domain/counted.ts';
import { isCountAndHost } from '../../../domain/plan/confirmation.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Problem } from '../parts/notes.tsx';
import type { ApiError } from '../../api/parts.ts';

function Wrong({ confirm }: { readonly confirm: string | undefined }) {
  return (
    <p class="note warning" role="alert">
      Nothing was sent: type exactly <code>{confirm}</code>, the number of users and the org.
    </p>
  );
}

/** The sentence that needs consent, and the field for number and host. */
export function ConsentForm({
  sentence,
  confirm,
  yes,
  onYes,
  busy,
  error,
  later = 0,
}: {
  readonly sentence: string;
  /** What to type; undefined if a yes was given before. */
  readonly confirm: string | undefined;
  readonly yes: string;
  readonly onYes: (typed: string) => void;
  readonly busy: boolean;
  readonly error: ApiError | undefined;
  readonly later?: number;
}) {
  const [typed, setTyped] = useState('');
  // Before anything can be typed: a later effect would take away what was typed in between.
  useLayoutEffect(() => setTyped(''), [confirm]);
  const [isWrong, setIsWrong] = useState(false);
  const isYes = confirm === undefined || isCountAndHost(typed, confirm);
  const submit = (event: Event) => {
    event.preventDefault();
    setIsWrong(!isYes);
    if (isYes && !busy) onYes(typed.trim());
  };
  const type = (text: string) => {
    setTyped(text);
    setIsWrong(false);
  };
  return (
    <form class="panel consent" onSubmit={submit} autocomplete="off">
      <p class="sentence">
        <bdi>{sentence}</bdi>
      </p>
      {later > 0 && (
        <p class="muted">
          Then you are asked about the other {counted(later, 'person', 'people')}.
        </p>
      )}
      <div class="consent-line">
        {confirm !== undefined && (
          <Field
            label={`Type ${confirm}`}
            value={typed}
            onInput={type}
            placeholder={confirm}
            mono
          />
        )}
        <Button look="danger" submit busy={busy} off={isYes ? undefined : `Type ${confirm} first`}>
          {yes}
        </Button>
      </div>
      {isWrong && <Wrong confirm={confirm} />}
      <Problem error={error} />
    </form>
  );
}

/** Returns the text of a button for a yes, which names the number. */
export const yesWords = (users: number): string =>
  `Yes, act on ${users === 1 ? 'this one' : `these ${count(users)}`}`;
