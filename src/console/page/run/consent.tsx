import { useEffect, useState } from 'preact/hooks';
import { count, counted } from '../../../domain/counted.ts';
import { isCountAndHost } from '../../../domain/plan/confirmation.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Problem } from '../parts/notes.tsx';
import type { ApiError } from '../../api/parts.ts';

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
  useEffect(() => setTyped(''), [confirm]);
  const isYes = confirm === undefined || isCountAndHost(typed, confirm);
  const submit = (event: Event) => {
    event.preventDefault();
    if (isYes && !busy) onYes(typed.trim());
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
            onInput={setTyped}
            placeholder={confirm}
            mono
          />
        )}
        <Button look="danger" submit busy={busy} off={isYes ? undefined : `Type ${confirm} first`}>
          {yes}
        </Button>
      </div>
      <Problem error={error} />
    </form>
  );
}

/** Returns the text of a button for a yes, which names the number. */
export const yesWords = (users: number): string =>
  `Yes, act on ${users === 1 ? 'this one' : `these ${count(users)}`}`;
