import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Labelled {
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly hint?: ComponentChildren;
}

const hintOf = (id: string, hint: ComponentChildren) =>
  hint === undefined ? undefined : `${id}-hint`;

/** Surrounds a control with its label and a hint below. */
function Around({
  id,
  label,
  hideLabel = false,
  hint,
  children,
}: Labelled & { readonly id: string; readonly children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id} class={hideLabel ? 'unseen' : undefined}>
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <p class="hint" id={hintOf(id, hint)}>
          {hint}
        </p>
      )}
    </div>
  );
}

interface FieldProps extends Labelled {
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** The focus goes elsewhere. */
  readonly onLeave?: () => void;
  readonly placeholder?: string;
  readonly kind?: 'text' | 'password' | 'search' | 'url';
  readonly mono?: boolean;
  readonly lines?: number;
}

/** A labeled text field. With `lines`, it has several lines. */
export function Field({
  value,
  onInput,
  onLeave,
  placeholder,
  kind = 'text',
  mono = false,
  lines,
  ...labelled
}: FieldProps) {
  const id = useId();
  const shared = {
    id,
    value,
    placeholder,
    class: mono ? 'mono' : undefined,
    spellcheck: false,
    autocomplete: 'off',
    autocapitalize: 'off',
    onBlur: onLeave,
    'aria-describedby': hintOf(id, labelled.hint),
  } as const;
  return (
    <Around id={id} {...labelled}>
      {lines === undefined ? (
        // The compiler cannot infer the type of a field that is one of several.
        <input
          {...shared}
          {...({ type: kind } as { type: 'text' })}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      ) : (
        <textarea
          {...shared}
          rows={lines}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Around>
  );
}

/** One of several, from a list that opens. Pairs of value and words. */
export function Select({
  value,
  options,
  onChoose,
  ...labelled
}: Labelled & {
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly onChoose: (value: string) => void;
}) {
  const id = useId();
  return (
    <Around id={id} {...labelled}>
      <select
        id={id}
        value={value}
        aria-describedby={hintOf(id, labelled.hint)}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {options.map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
    </Around>
  );
}

/** A box to tick. */
export function Tick({
  label,
  hint,
  checked,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <div class="tick">
      <input
        type="checkbox"
        id={id}
        checked={checked}
        aria-describedby={hintOf(id, hint)}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <p class="hint" id={hintOf(id, hint)}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** One of a few, as buttons side by side. */
export function Choice<Key extends string>({
  label,
  options,
  chosen,
  onChoose,
}: {
  readonly label: string;
  readonly options: readonly (readonly [Key, string])[];
  readonly chosen: Key;
  readonly onChoose: (key: Key) => void;
}) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend class="unseen">{label}</legend>
      {options.map(([key, words]) => (
        <label key={key}>
          <input type="radio" name={name} checked={key === chosen} onChange={() => onChoose(key)} />
          {words}
        </label>
      ))}
    </fieldset>
  );
}
