/**
 * Where a run stands:
 * - `planned`: nobody has executed the plan yet; `declined`: somebody said no to it; `overtaken`: a run whose rows it takes
 *   has gone on since
 * - `running`: a process works on it
 * - `stopped`: begun, and rows are left
 * - `handed-over`: another run has taken up what was left
 * - `finished`: every row has ended
 * - `damaged`: its journal, or its run.json, cannot be read whole
 */
export type RunPhase =
  | 'planned'
  | 'declined'
  | 'overtaken'
  | 'running'
  | 'stopped'
  | 'handed-over'
  | 'finished'
  | 'damaged';
