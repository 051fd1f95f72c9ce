import { useEffect, useId, useState } from 'preact/hooks';
import type { Draft, FlagInfo } from '../../api/answers.ts';
import { after } from '../client/timers.ts';
import { useDraft } from '../shell/scope.tsx';
import { Field, Tick } from './field.tsx';

const TYPING_MS = 400;

/** `include-status` → `Include status`. */
const titleOf = (name: string) => {
  const words = name.replaceAll('-', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
};

function TextFlag({
  flag,
  values,
  set,
}: {
  readonly flag: FlagInfo;
  readonly values: readonly string[];
  readonly set: (values: readonly string[] | null) => void;
}) {
  const given = values.join('\n');
  const [text, setText] = useState(given);
  useEffect(() => setText(given), [given]);
  useEffect(() => {
    if (text === given) return undefined;
    return after(TYPING_MS, () => {
      const lines = text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
      set(lines.length === 0 ? null : lines);
    });
  }, [text]);
  return (
    <Field
      label={titleOf(flag.name)}
      value={text}
      onInput={setText}
      hint={`${flag.describe}${flag.kind === 'list' ? '; one a line' : ''}`}
      placeholder={flag.value ?? ''}
      {...(flag.kind === 'list' ? { lines: 2 } : {})}
    />
  );
}

function ChoiceFlag({
  flag,
  values,
  set,
}: {
  readonly flag: FlagInfo;
  readonly values: readonly string[];
  readonly set: (values: readonly string[] | null) => void;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{titleOf(flag.name)}</label>
      <select
        id={id}
        value={values[0] ?? ''}
        onChange={({ currentTarget: { value } }) => set(value === '' ? null : [value])}
      >
        <option value="">as it is</option>
        {flag.choices?.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
      <p class="hint">{flag.describe}</p>
    </div>
  );
}

/** Flags as a form: the same names and the same words as in the terminal. */
export function FlagForm({
  flags,
  draft,
}: {
  readonly flags: readonly FlagInfo[];
  readonly draft: Draft;
}) {
  const { change } = useDraft();
  return (
    <div class="flag-form">
      {flags.map((flag) => {
        const { name, kind, choices, describe } = flag;
        const values = draft.flags[name];
        const set = (next: readonly string[] | null) =>
          void change({ flags: { [name]: next === null ? null : [...next] } });
        if (kind === 'switch')
          return (
            <Tick
              key={name}
              label={titleOf(name)}
              hint={describe}
              checked={values !== undefined}
              onChange={(checked) => set(checked ? [] : null)}
            />
          );
        return choices !== undefined && kind === 'text' ? (
          <ChoiceFlag key={name} flag={flag} values={values ?? []} set={set} />
        ) : (
          <TextFlag key={name} flag={flag} values={values ?? []} set={set} />
        );
      })}
    </div>
  );
}
