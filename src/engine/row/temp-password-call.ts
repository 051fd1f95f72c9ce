import type { Step } from '../../domain/plan/step.ts';

/**
 * Learns once per run whether the org returns a password for `expire_password?tempPassword=true`. The first row asks while
 * the others wait for its answer, so an org that ignores the parameter costs two calls for one row, not for every row.
 */
export class TempPasswordCall {
  #splitOnly: boolean;
  #answer: Promise<void> | undefined;
  #asked: boolean;

  /** `splitOnly`: an earlier invocation learned that the org ignores the parameter. */
  constructor(splitOnly: boolean) {
    this.#splitOnly = splitOnly;
    this.#asked = splitOnly;
  }

  /** Returns the steps of a row in the form that this org supports. */
  stepsOf(steps: readonly Step[]): readonly Step[] {
    if (!this.#splitOnly || steps[0] !== 'temp-password') return steps;
    return ['temp-password-split', ...steps.slice(1)];
  }

  /** Resolves when the row that asks has its answer; undefined if there is nothing to wait for. */
  pending(step: Step): Promise<void> | undefined {
    return step === 'temp-password' ? this.#answer : undefined;
  }

  /** Sends a step. The first one that asks makes the others wait. */
  async send<T>(step: Step, send: () => Promise<T>): Promise<T> {
    if (step !== 'temp-password' || this.#asked) return send();
    this.#asked = true;
    const { promise, resolve } = waiter();
    this.#answer = promise;
    try {
      return await send();
    } finally {
      this.#answer = undefined;
      resolve();
    }
  }

  /** The row that was to ask sent nothing, so the next one asks. */
  unanswered(): void {
    this.#asked = this.#splitOnly;
  }

  /**
   * Compares a row's steps before and after an answer. Returns true if they are the first to show that the org returns no
   * password here.
   */
  learn([before]: readonly Step[], [after]: readonly Step[]): boolean {
    if (before !== 'temp-password' || after !== 'temp-password-split' || this.#splitOnly)
      return false;
    this.#splitOnly = true;
    return true;
  }
}

function waiter(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
