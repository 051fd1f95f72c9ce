import type { ComponentChildren } from 'preact';
import type { TableRow } from '../../../api/run-answers.ts';
import { OutcomeTag, Tag } from '../tag.tsx';
import { reasonWords } from '../words.ts';

export interface Column {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: TableRow) => ComponentChildren;
  readonly look?: string;
}

/** More of them would leave too little room for the login. */
const MOST_OF_FILE = 1;
/** Columns that name the user again, although the table already has the login. */
const NAMING = /name|mail|login|phone|status|\bid\b/i;

/** Explains how a row ended, in one line. */
export function whyOf({
  detail,
  reason,
  error,
  message,
}: Pick<TableRow, 'reason' | 'error' | 'message'> & Partial<Pick<TableRow, 'detail'>>): string {
  if (detail !== undefined) return detail;
  const text = message ?? (reason === undefined ? '' : reasonWords(reason));
  return error === undefined ? text : `${error}${text === '' ? '' : `: ${text}`}`;
}

const NUMBER: Column = {
  key: 'row',
  title: 'Row',
  look: 'c-row',
  cell: ({ row }) => row,
};
const WHY: Column = {
  key: 'why',
  title: 'Why',
  look: 'c-why',
  cell: (row) => (
    <bdi class="whole" title={whyOf(row)}>
      {whyOf(row)}
    </bdi>
  ),
};
const STATUS: Column = {
  key: 'status',
  title: 'Status',
  look: 'c-status',
  cell: ({ status }) => status ?? '–',
};

const text = (value: string): ComponentChildren => (
  <bdi class="whole" title={value}>
    {value}
  </bdi>
);

/** Returns the columns of the file that say something in addition to the user's name. */
function ofFile(first: TableRow | undefined): readonly Column[] {
  if (first === undefined) return [];
  const said = new Set([first.input, first.login, first.userId, first.status]);
  return Object.keys(first.columns)
    .filter((name) => !said.has(first.columns[name]) && !NAMING.test(name))
    .slice(0, MOST_OF_FILE)
    .map((name) => ({
      key: `file ${name}`,
      title: name,
      look: 'c-file',
      cell: (row: TableRow) => text(row.columns[name] ?? ''),
    }));
}

/** Returns the columns of a plan, or of a run that was begun. `first` is any row, which shows what columns the file has. */
export function columnsOf(first: TableRow | undefined, planned: boolean): readonly Column[] {
  return [
    NUMBER,
    ...ofFile(first),
    STATUS,
    planned
      ? {
          key: 'verdict',
          title: 'Verdict',
          look: 'c-outcome',
          cell: ({ verdict }) =>
            verdict === 'act' ? <Tag tone="act">To act on</Tag> : <Tag tone="quiet">Skip</Tag>,
        }
      : {
          key: 'outcome',
          title: 'Outcome',
          look: 'c-outcome',
          cell: ({ outcome }) => <OutcomeTag outcome={outcome} />,
        },
    WHY,
  ];
}
