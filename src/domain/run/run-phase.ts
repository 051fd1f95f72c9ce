/**
 * The state of a run:
 * - `planned`: nobody has executed the plan yet; `declined`: somebody declined it; `overtaken`: a run whose rows it takes
 *   has continued since
 * - `running`: a process is working on it
 * - `stopped`: begun, and rows are left
 * - `handed-over`: another run has taken up what was left
 * - `finished`: every row has ended
 * - `damaged`: its journal cannot be read completely, or it has begun and its plan is missing
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
