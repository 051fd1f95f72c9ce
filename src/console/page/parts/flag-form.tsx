import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Draft, FlagInfo } from '../../api/answers.ts';
import { after } from '../client/timers.ts';
import { useDraft } from '../shell/scope.tsx';
import { Field, Select, Tick } from './field.tsx';
import { sentence } from './words.ts';

const TYPING_MS = 400;

/** `include-status` → `Include status`. */
const titleOf = (name: string) => {
  const words = name.replaceAll('-', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
};

/** A flag in a form. `values` is undefined if it is not given. `set` with null removes it. */
interface FlagProps {
  readonly flag: FlagInfo;
  readonly values: readonly string[] | undefined;
  readonly set: (values: readonly string[] | null) => void;
}

function TextFlag({ flag, values = [], set }: FlagProps) {
  const given = values.join('\n');
  const [text, setText] = useState(given);
  // Before anything can be typed: a later effect would take away what was typed in between.
  useLayoutEffect(() => setText(given), [given]);
  const save = () => {
    if (text === given) return;
    const lines = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    set(lines.length === 0 ? null : lines);
  };
  const latest = useRef(save);
  latest.current = save;
  useEffect(() => (text === given ? undefined : after(TYPING_MS, save)), [text]);
  // If a screen is left in the middle of typing, what was typed is kept.
  useEffect(() => () => latest.current(), []);
  return (
    <Field
      label={titleOf(flag.name)}
      value={text}
      onInput={setText}
      onLeave={save}
      hint={sentence(`${flag.describe}${flag.kind === 'list' ? '; one a line' : ''}`)}
      placeholder={flag.value ?? ''}
      {...(flag.kind === 'list' ? { lines: 2 } : {})}
    />
  );
}

function FlagField({ flag, values, set }: FlagProps) {
  const { name, kind, choices, describe } = flag;
  if (kind === 'switch')
    return (
      <Tick
        label={titleOf(name)}
        hint={sentence(describe)}
        checked={values !== undefined}
        onChange={(checked) => set(checked ? [] : null)}
      />
    );
  if (choices === undefined || kind === 'list')
    return <TextFlag flag={flag} values={values} set={set} />;
  return (
    <Select
      label={titleOf(name)}
      hint={sentence(describe)}
      value={values?.[0] ?? ''}
      onChoose={(value) => set(value === '' ? null : [value])}
      options={[['', 'default'], ...choices.map((choice) => [choice, choice] as const)]}
    />
  );
}

/** Flags as a form, with the same names and words as in the terminal. */
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
      {flags.map((flag) => (
        <FlagField
          key={flag.name}
          flag={flag}
          values={draft.flags[flag.name]}
          set={(next) => void change({ flags: { [flag.name]: next === null ? null : [...next] } })}
        />
      ))}
    </div>
  );
}
