import { basename } from 'node:path';
import type { ListedRun, UnreadableRun } from '../../app/runs/list-runs.ts';
import { formatDuration } from '../../domain/duration.ts';
import { OUTCOMES } from '../../domain/row/outcome.ts';
import { alignColumns, fit, wrap, type Cell } from '../../text/layout.ts';
import { plain } from '../../text/safe.ts';
import type { Text } from '../../text/styled.ts';
import { styled } from '../../text/styled.ts';
import type { Style } from '../terminal/style.ts';
import { count, counted } from '../../domain/counted.ts';
import { byOrg } from '../../domain/org/org-key.ts';

/** Cells for the name of a folder. Run ids have 21, and the command below has the full name. */
const MOST_NAME = 24;
const DAY_MS = 24 * 3_600_000;

interface Screen {
  readonly width: number;
  readonly style: Style;
}

function ageText(ageMs: number): string {
  const days = Math.floor(ageMs / DAY_MS);
  if (days >= 2) return `${days} d`;
  return formatDuration(ageMs - (ageMs % (ageMs < 3_600_000 ? 1000 : 60_000)));
}

/** Says how the rows of a run ended, or for a plan, how many would be acted on. */
function countsText({ state, counts, targets }: ListedRun): string {
  if (state === 'planned' || state === 'declined' || state === 'overtaken')
    return `${count(targets)} to act on, ${count(counts.skipped)} skipped`;
  const shown = OUTCOMES.filter((outcome) => counts[outcome] > 0);
  return shown.map((outcome) => `${count(counts[outcome])} ${outcome}`).join(', ');
}

/** Lists runs, newest first: a line of facts each, how the rows ended, and the command that continues. */
function tableOf(
  runs: readonly ListedRun[],
  { width, style }: Screen,
  org: 'with-org' | 'without-org',
): readonly Text[] {
  const withOrg = <T>(cells: readonly [T, T, T, T, T]): readonly T[] =>
    org === 'with-org' ? cells : cells.toSpliced(3, 1);
  const titles = ['RUN', 'AGE', 'ACTION', 'ORG', 'STATE'] as const;
  const [head = '', ...heads] = alignColumns(
    [
      withOrg(titles).map((text) => ({ text })),
      ...runs.map((run) =>
        withOrg<Cell>([
          { text: fit(basename(run.dir), MOST_NAME) },
          { text: ageText(run.ageMs), right: true },
          { text: run.spec.action },
          { text: run.host },
          { text: run.state },
        ]),
      ),
    ],
    { width, indent: '', flexible: org === 'with-org' ? 3 : 0 },
  );
  return [
    style.bold(head),
    ...runs.flatMap((run, index): readonly Text[] => {
      const [next] = run.next;
      return [
        heads[index] ?? '',
        ...wrap(countsText(run), width - 4, '    ').map((line, at) =>
          style.dim(at === 0 ? `    ${line}` : line),
        ),
        ...(next === undefined ? [] : [styled`    ${next.command}`]),
      ];
    }),
  ];
}

/**
 * Lists the runs for a person. Those of several orgs are under the name of their org, with the org of the newest run first.
 */
export function runsScreen(
  found: { readonly runs: readonly ListedRun[]; readonly unreadable: readonly UnreadableRun[] },
  folders: readonly string[],
  screen: Screen,
): readonly Text[] {
  const { width, style } = screen;
  const { runs, unreadable } = found;
  const bad = unreadable.flatMap(({ name, problem }) =>
    wrap(`${name} is not a readable run: ${problem}.`, width - 2, '  '),
  );
  if (runs.length === 0)
    return [`No runs in ${plain(folders.join(', '))}.`, ...bad.map((line) => style.yellow(line))];
  const orgs = byOrg(runs);
  const tables =
    orgs.length === 1
      ? tableOf(runs, screen, 'with-org')
      : orgs.flatMap(({ hosts, runs: of }, at): readonly Text[] => [
          ...(at === 0 ? [] : ['']),
          styled`${style.bold(plain(hosts.join(', ')))}: ${counted(of.length, 'run')}`,
          ...tableOf(of, screen, 'without-org'),
        ]);
  return [...tables, ...bad.map((line) => style.yellow(line))];
}
