import { useState } from 'preact/hooks';
import type { Draft } from '../../api/answers.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { useDraft } from '../shell/scope.tsx';

const OPERATORS = [
  ['=', 'is'],
  ['!=', 'is not'],
  ['~', 'contains'],
  [' in ', 'is one of'],
] as const;

/** Only rows whose cells are like that: conditions that must all hold. */
export function FilterForm({
  draft,
  columns,
}: {
  readonly draft: Draft;
  readonly columns: readonly string[];
}) {
  const { change } = useDraft();
  const [column, setColumn] = useState(columns[0] ?? '');
  const [operator, setOperator] = useState<string>('=');
  const [value, setValue] = useState('');
  const where = draft.flags['where'] ?? [];
  const set = (next: readonly string[]) =>
    void change({ flags: { where: next.length === 0 ? null : [...next] } });
  const add = (event: Event) => {
    event.preventDefault();
    if (value.trim() === '') return;
    set([...where, `${column}${operator}${value.trim()}`]);
    setValue('');
  };
  return (
    <details class="filters" open={where.length > 0}>
      <summary>Only some of the rows</summary>
      <ul class="chips">
        {where.map((condition) => (
          <li key={condition}>
            <bdi>{condition}</bdi>
            <button
              type="button"
              aria-label={`Take the condition ${condition} out`}
              onClick={() => set(where.filter((other) => other !== condition))}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <form class="condition" onSubmit={add}>
        <select
          aria-label="Column"
          value={column}
          onChange={(event) => setColumn(event.currentTarget.value)}
        >
          {columns.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <select
          aria-label="How its cell must be"
          value={operator}
          onChange={(event) => setOperator(event.currentTarget.value)}
        >
          {OPERATORS.map(([sign, words]) => (
            <option key={sign} value={sign}>
              {words}
            </option>
          ))}
        </select>
        <Field
          label="Value"
          hideLabel
          value={value}
          onInput={setValue}
          placeholder={operator === ' in ' ? 'Sales, Legal' : 'Value'}
        />
        <Button look="small" submit off={value.trim() === '' ? 'Type a value first' : undefined}>
          Add
        </Button>
      </form>
    </details>
  );
}
