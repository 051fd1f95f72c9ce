import { useState } from 'preact/hooks';
import type { Draft, MadeKey } from '../../api/answers.ts';
import { useClient, useConsole, useDoing } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Tick } from '../parts/field.tsx';
import { FlagForm } from '../parts/flag-form.tsx';
import { Panel, Problem } from '../parts/notes.tsx';
import { useDraft } from '../shell/scope.tsx';

const FLAG = 'secrets-recipient';

/** Shortens a key to `age1qyq…7k2m`, which is enough to tell two keys apart. */
const short = (recipient: string) => `${recipient.slice(0, 10)}…${recipient.slice(-4)}`;

/** Which keys the temporary passwords or links are sealed to, and where those keys are stored. */
export function SecretsPlace({ draft }: { readonly draft: Draft }) {
  const { requests } = useClient();
  const { recipients, flags } = useConsole();
  const { change } = useDraft();
  const doing = useDoing();
  const [made, setMade] = useState<readonly MadeKey[]>([]);
  const chosen = draft.flags[FLAG] ?? [];
  const set = (next: readonly string[]) =>
    void change({ flags: { [FLAG]: next.length === 0 ? null : [...next] } });
  const make = () =>
    doing.run(
      () => requests.post('/api/keys', { body: {} }),
      (key) => {
        setMade([...made, key]);
        set([...chosen, key.recipient]);
      },
    );
  const known = [...new Set([...recipients, ...made.map(({ recipient }) => recipient)])];
  return (
    <Panel title="Where the secrets go">
      <p class="muted">
        They are encrypted to a key, and you can show them here one at a time. Without the key
        nobody can read them, so keep its file.
      </p>
      {known.map((recipient) => {
        const path = made.find((key) => key.recipient === recipient)?.path;
        return (
          <Tick
            key={recipient}
            label={`Key ${short(recipient)}`}
            hint={
              path === undefined
                ? 'This console can open what is encrypted to it.'
                : `Kept in ${path}`
            }
            checked={chosen.includes(recipient)}
            onChange={(checked) =>
              set(checked ? [...chosen, recipient] : chosen.filter((other) => other !== recipient))
            }
          />
        );
      })}
      <div class="actions">
        <Button busy={doing.busy} onPress={make}>
          {known.length === 0 ? 'Make a key' : 'Make another key'}
        </Button>
      </div>
      <Problem error={doing.error} />
      <details class="more">
        <summary>Use a key that is kept elsewhere</summary>
        <FlagForm flags={flags.filter(({ name }) => name === FLAG)} draft={draft} />
      </details>
    </Panel>
  );
}
