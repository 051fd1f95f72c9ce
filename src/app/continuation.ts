/** The command lines that go on with a run, as the face of this call would have them typed; `name` is a shell word. */
export interface Continuation {
  /** Goes on with a run that was begun. */
  readonly resume: (name: string) => string;
  /** Executes a plan. */
  readonly run: (name: string) => string;
}
