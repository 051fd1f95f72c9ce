import { count, counted } from '../../../domain/counted.ts';
import type { Draft, Peek } from '../../api/answers.ts';
import type { UploadInfo } from '../../api/parts.ts';
import { useGet } from '../client/hooks.ts';
import { Button } from '../parts/button.tsx';
import { Panel, Problem } from '../parts/notes.tsx';
import { useDraft } from '../shell/scope.tsx';
import { FilterForm } from './filter-form.tsx';

/** A larger file is counted only by the plan. Bytes. */
const COUNTED_BYTES = 20_000_000;

function columnWords({ chosen, leftOut, rival }: Peek['columns'][number]): string {
  if (chosen) return 'names the users';
  if (leftOut) return 'left out: looks like secrets';
  return rival ? 'could name them too' : '';
}

function Grid({
  peek,
  choose,
}: {
  readonly peek: Peek;
  readonly choose: (column: string) => void;
}) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="The first rows of the file">
      <table class="grid">
        <thead>
          <tr>
            <th class="c-line">Line</th>
            {peek.columns.map((column) => (
              <th key={column.name} class={column.chosen ? 'chosen' : undefined}>
                <button
                  type="button"
                  aria-pressed={column.chosen}
                  disabled={column.leftOut}
                  onClick={() => choose(column.name)}
                >
                  <bdi>{column.name}</bdi>
                  <small>{columnWords(column)}</small>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {peek.rows.map((row) => (
            <tr key={row.line} class={row.problem === undefined ? undefined : 'unusable'}>
              <td class="c-line">{count(row.line)}</td>
              {row.cells.map((cell, i) => (
                <td key={i} class={peek.columns[i]?.chosen === true ? 'chosen' : undefined}>
                  <bdi class="cell" title={cell}>
                    {cell}
                  </bdi>
                  {peek.columns[i]?.chosen === true && row.problem !== undefined && (
                    <small>{row.problem}</small>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Notices({ notices }: Pick<Peek, 'notices'>) {
  return (
    <ul class="notes">
      {notices.map(({ level, text, hint, lines }) => (
        <li key={text} class={`note ${level}`}>
          <bdi>{text}</bdi>
          {lines.length > 0 && <span class="muted"> Line {lines.map(count).join(', ')}.</span>}
          {hint !== undefined && <bdi class="muted"> {hint}</bdi>}
        </li>
      ))}
    </ul>
  );
}

function countedWords(counted_: Peek['counted']): string | undefined {
  if (counted_ === undefined) return undefined;
  const { rows, unusable } = counted_;
  return unusable === 0
    ? counted(rows, 'row')
    : `${counted(rows, 'row')}, ${count(unusable)} of them not usable`;
}

/** Which sheet of a workbook is read. If there are several, each is a button. */
function Sheets({ sheets }: Pick<Peek, 'sheets'>) {
  const { draft, change } = useDraft();
  const [chosen] = draft?.flags['sheet'] ?? [];
  if (sheets.length > 0)
    return (
      <>
        <p>
          <b>Which sheet has the users?</b>
        </p>
        <div class="actions">
          {sheets.map((name) => (
            <Button key={name} onPress={() => void change({ flags: { sheet: [name] } })}>
              {name}
            </Button>
          ))}
        </div>
      </>
    );
  if (chosen === undefined) return null;
  return (
    <p class="sheet small">
      Sheet <b>{chosen}</b>{' '}
      <Button look="small" onPress={() => void change({ flags: { sheet: null } })}>
        Another sheet
      </Button>
    </p>
  );
}

const emptyWords = ({ flags }: Draft): string =>
  flags['where'] === undefined
    ? 'There is no row in this file.'
    : 'No row of this file meets the conditions below.';

/** The first rows of a file, with the column that names the users. A click chooses a different one. */
export function FilePeek({ draft, file }: { readonly draft: Draft; readonly file: UploadInfo }) {
  const { change, saving } = useDraft();
  const params = { draft: draft.id };
  const version = saving ? 'saving' : JSON.stringify(draft.flags);
  const first = useGet(
    '/api/drafts/:draft/peek',
    file.complete ? { params, query: { upload: file.id } } : undefined,
    { version },
  );
  const whole = useGet(
    '/api/drafts/:draft/peek',
    first.value !== undefined && file.bytes <= COUNTED_BYTES
      ? { params, query: { upload: file.id, whole: 'yes' } }
      : undefined,
    { version },
  );
  const peek = whole.value ?? first.value;
  const sheets = peek?.sheets ?? [];
  const drop = () =>
    void change({ files: draft.files.filter(({ id }) => id !== file.id).map(({ id }) => id) });
  return (
    <Panel
      title={file.name}
      aside={
        <span class="aside">
          <span class="muted small" role="status">
            {countedWords(peek?.counted)}
          </span>
          <Button look="small" label={`Take out ${file.name}`} onPress={drop}>
            Take out
          </Button>
        </span>
      }
    >
      <Sheets sheets={sheets} />
      <Problem error={first.error ?? (sheets.length > 0 ? undefined : peek?.problem)} />
      {peek === undefined
        ? first.error === undefined && <p class="muted">Reading the first rows…</p>
        : sheets.length === 0 && (
            <>
              <Grid peek={peek} choose={(column) => void change({ flags: { column: [column] } })} />
              {peek.rows.length === 0 && <p class="muted empty-grid">{emptyWords(draft)}</p>}
              {peek.columns.length > 1 && (
                <p class="hint">
                  {peek.columns.some(({ chosen }) => chosen)
                    ? 'If another column has the users, press its name.'
                    : 'Press the name of the column that has the users.'}
                </p>
              )}
              <Notices notices={peek.notices} />
              <FilterForm draft={draft} columns={peek.columns.map(({ name }) => name)} />
            </>
          )}
    </Panel>
  );
}
