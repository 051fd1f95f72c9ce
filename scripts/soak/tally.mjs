// What the soak counts: for each action, and in all.
const COLUMNS = [
  ['runs', 'runs'],
  ['chains', 'chains'],
  ['reruns', 'reruns'],
  ['resends', 're-sends'],
  ['invocations', 'invocations'],
  ['kills', 'kills'],
  ['consoles', 'in console'],
  ['consoleKills', 'killed there'],
  ['disk', 'disk'],
  ['faults', 'faults'],
  ['users', 'users'],
  ['hung', 'hung'],
  ['lost', 'lost'],
  ['twice', 'twice'],
  ['wrong', 'wrong'],
];

const none = () => Object.fromEntries(COLUMNS.map(([name]) => [name, 0]));

/** Adds counts by name to others. */
export function add(counts, more) {
  for (const [name, count] of Object.entries(more)) counts[name] = (counts[name] ?? 0) + count;
}

/** The counts by name, the greatest first, in a line. */
export function line(counts) {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

export class Tally {
  #actions = new Map();
  /** Of the network, by kind. */
  faults = {};
  /** Of the disk, by file and call. */
  diskFaults = {};
  outcomes = {};
  followup = {};
  problems = [];

  of(action) {
    const known = this.#actions.get(action) ?? none();
    this.#actions.set(action, known);
    return known;
  }

  total() {
    const total = none();
    for (const counts of this.#actions.values()) add(total, counts);
    return total;
  }

  /** Records what a network did to the calls. */
  network(action, faults) {
    add(this.faults, faults);
    this.of(action).faults += Object.values(faults).reduce((sum, count) => sum + count, 0);
  }

  tell(problem) {
    this.problems.push(problem);
  }

  /** A line for each action, and one for all. */
  table() {
    const rows = [...this.#actions, ['all', this.total()]];
    const cells = [
      ['', ...COLUMNS.map(([, title]) => title)],
      ...rows.map(([name, counts]) => [name, ...COLUMNS.map(([key]) => String(counts[key]))]),
    ];
    const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
    return cells.map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]),
        )
        .join('  '),
    );
  }

  /** Three problems of each run, because one cause leads to many. */
  shownProblems() {
    const shown = new Map();
    return this.problems.filter((problem) => {
      const run = problem.split(':')[0];
      shown.set(run, (shown.get(run) ?? 0) + 1);
      return shown.get(run) <= 3;
    });
  }
}
