import { inputError, quoted, sourceName } from '../input-error.ts';
import type { FilePorts } from '../selection.ts';

/** Why a file cannot be read, by the system's error code. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you do not have permission to read it',
  EPERM: 'you do not have permission to read it',
  EISDIR: 'it is a directory',
  ENOTDIR: 'part of the path is not a directory',
  ENAMETOOLONG: 'its name is too long',
  NO_WRITER: 'it is a pipe that nothing writes to',
  ELOOP: 'its links point in a circle',
};

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function unreadable(path: string, error: unknown): Error {
  const code = codeOf(error);
  const reason = (code === undefined ? undefined : REASONS[code]) ?? code ?? 'reading it failed';
  const hint =
    code === 'EISDIR'
      ? 'Name a file in it. For the rows of an earlier run: okta-reset rerun DIRECTORY.'
      : 'Check the path: it is relative to the current folder. --file - reads standard input.';
  return inputError('INPUT_UNREADABLE', `${quoted(path)} cannot be read: ${reason}.`, hint, error);
}

/**
 * Reads a file, or standard input for `-`, chunk by chunk. Rejects with INPUT_UNREADABLE, and with the signal's reason as
 * soon as it aborts, even if the stream delivers nothing.
 */
export async function* readBytes(
  path: string,
  ports: FilePorts,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  if (path === '-' && ports.stdin === undefined) {
    throw inputError(
      'INPUT_UNREADABLE',
      `${sourceName(path)} cannot be read: there is no input.`,
      'Pipe the list in, or name a file: --file FILE.',
    );
  }
  // Not a race against one promise of the abort, which would keep every chunk that it was raced with in memory.
  let giveUp: (reason: unknown) => void = () => {};
  const onAbort = () => giveUp(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  let iterator: AsyncIterator<Uint8Array> | undefined;
  let ended = false;
  try {
    const bytes = path === '-' ? ports.stdin : undefined;
    const opened = (bytes ?? ports.openFile(path, signal))[Symbol.asyncIterator]();
    iterator = opened;
    for (;;) {
      const step = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        giveUp = reject;
        opened.next().then(resolve, reject);
      });
      if (step.done === true) {
        ended = true;
        return;
      }
      yield step.value;
      signal.throwIfAborted();
    }
  } catch (error) {
    signal.throwIfAborted();
    ended = iterator === undefined || codeOf(error) !== undefined;
    throw unreadable(path, error);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Not awaited, because a silent stream would never answer.
    if (!ended) void Promise.resolve(iterator?.return?.()).catch(() => {});
  }
}
