import { useState } from 'preact/hooks';
import type { Draft } from '../../api/answers.ts';
import { Button } from '../parts/button.tsx';
import { Chips, chipsOf } from '../parts/chips.tsx';
import { Field, Select } from '../parts/field.tsx';
import { useDraft } from '../shell/scope.tsx';
import { useLeftover } from './leftover.ts';

const OPERATORS = [
  ['=', 'is'],
  ['!=', 'is not'],
  ['~', 'contains'],
  [' in ', 'is one of'],
] as const;

/** A condition to add: a column, a test of its cells, and a value. */
function NewCondition({
  columns,
  onAdd,
}: {
  readonly columns: readonly string[];
  readonly onAdd: (condition: string) => void;
}) {
  const [column, setColumn] = useState(columns[0] ?? '');
  const [operator, setOperator] = useState<string>('=');
  const [value, setValue] = useState('');
  const wanted = value.trim();
  useLeftover(
    wanted === ''
      ? undefined
      : `You typed the condition “${wanted}” and did not add it. Press “Add”, or clear the field.`,
  );
  const add = (event: Event) => {
    event.preventDefault();
    if (wanted === '') return;
    onAdd(`${column}${operator}${wanted}`);
    setValue('');
  };
  return (
    <form class="condition" onSubmit={add}>
      <Select
        label="Column"
        hideLabel
        value={column}
        onChoose={setColumn}
        options={columns.map((name) => [name, name])}
      />
      <Select
        label="Condition on its cells"
        hideLabel
        value={operator}
        onChoose={setOperator}
        options={OPERATORS}
      />
      <Field
        label="Value"
        hideLabel
        value={value}
        onInput={setValue}
        placeholder={operator === ' in ' ? 'Sales, Legal' : 'Value'}
      />
      <Button look="small" submit off={wanted === '' ? 'Type a value first' : undefined}>
        Add
      </Button>
    </form>
  );
}

/** Selects only rows whose cells meet all conditions. */
export function FilterForm({
  draft,
  columns,
}: {
  readonly draft: Draft;
  readonly columns: readonly string[];
}) {
  const { change } = useDraft();
  const where = draft.flags['where'] ?? [];
  const set = (next: string[] | null) => void change({ flags: { where: next } });
  return (
    <details class="filters" open={where.length > 0}>
      <summary>Only some of the rows</summary>
      <Chips chips={chipsOf(where, set)} />
      <NewCondition columns={columns} onAdd={(condition) => set([...where, condition])} />
    </details>
  );
}
