/**
 * Group commit: one write and one sync cover every waiting line.
 *
 * Invariants:
 * - At most one batch is being written. Lines appended in the meantime form the next one.
 * - A line's promise resolves after a sync that began after the line was written completely.
 * - After the first error the file is dead: a failed sync says nothing about which bytes are on disk, so nothing more is
 *   written, and every waiting and later append rejects.
 */
import type { AppendFile, Appender } from '../../domain/append-file.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { diskError } from '../disk-error.ts';
import { writeAll } from '../write-all.ts';

interface Batch {
  readonly lines: string[];
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: AppError) => void;
}

function newBatch(): Batch {
  let resolve!: () => void;
  let reject!: (reason: AppError) => void;
  const done = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // A caller who does not wait for a note must not crash the process. The next append reports the error.
  done.catch(() => undefined);
  return { lines: [], done, resolve, reject };
}

class GroupCommit implements Appender {
  readonly #file: AppendFile;
  readonly #path: string;
  readonly #onDurable: ((lines: number) => void) | undefined;
  #next: Batch | undefined;
  #draining: Promise<void> | undefined;
  #dead: AppError | undefined;
  #closed = false;

  constructor(file: AppendFile, path: string, onDurable?: (lines: number) => void) {
    this.#file = file;
    this.#path = path;
    this.#onDurable = onDurable;
  }

  append(line: string): Promise<void> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    if (this.#closed) return Promise.reject(this.#closedError());
    const batch = (this.#next ??= newBatch());
    batch.lines.push(line);
    this.#draining ??= this.#drain();
    return batch.done;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#draining;
    try {
      await this.#file.close();
    } catch (error) {
      this.#dead ??= diskError(`close ${this.#path}`, error);
    }
    if (this.#dead !== undefined) throw this.#dead;
  }

  async #drain(): Promise<void> {
    // Everything that happens in this turn of the event loop shares the first write.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    for (;;) {
      const batch = this.#next;
      this.#next = undefined;
      if (batch === undefined) break;
      try {
        await writeAll((rest) => this.#file.write(rest), Buffer.from(batch.lines.join('')));
        await this.#file.sync();
        this.#onDurable?.(batch.lines.length);
        batch.resolve();
        // Lets callers who waited append again, so that they share the next write.
        await new Promise<void>((resolve) => void setImmediate(resolve));
      } catch (error) {
        this.#dead = diskError(`write ${this.#path}`, error);
        batch.reject(this.#dead);
        (this.#next as Batch | undefined)?.reject(this.#dead);
        this.#next = undefined;
      }
    }
    this.#draining = undefined;
  }

  #closedError(): AppError {
    return new AppError('INTERNAL', `${this.#path} was written after it was closed.`, {
      hint: 'This is a bug in okta-reset. Please report it.',
    });
  }
}

/**
 * Makes the appender of a file. `path` names it in errors. `onDurable` is called with how many more lines are on disk,
 * before those who wait for them continue.
 */
export function groupCommit(
  file: AppendFile,
  path: string,
  onDurable?: (lines: number) => void,
): Appender {
  return new GroupCommit(file, path, onDurable);
}
