import { readFile, stat } from 'node:fs/promises';
import { AppError } from '../domain/app-error.ts';
import { EXIT } from '../domain/exit-code.ts';
import type { Output } from '../domain/host.ts';
import { openRunDirectory } from '../journal/run-directory.ts';
import { openTable } from '../report/table.ts';
import { keygen } from '../secrets/identity.ts';
import { readSealed } from '../secrets/read-sealed.ts';
import type { AppContext } from './context.ts';

const COLUMNS = ['id', 'login', 'secret'] as const;
const OTHERS = 0o077;

/** Makes a key pair in a new file, 0600, and returns its recipient. Rejects with SECRETS_IDENTITY. */
export async function makeKey(out: string, context: AppContext): Promise<string> {
  return keygen({ out, createdAt: new Date(context.host.clock.nowMs()).toISOString() });
}

async function readIdentity(path: string, context: AppContext): Promise<string> {
  try {
    const { mode } = await stat(path);
    if ((mode & OTHERS) !== 0 && context.host.platform !== 'win32') {
      context.emit({
        type: 'message',
        level: 'warning',
        text: `${path} can be read by others; whoever reads it can open the secrets.`,
        hint: `chmod 600 ${path}`,
      });
    }
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('SECRETS_IDENTITY', `The identity file ${path} cannot be read.`, {
      hint: 'Give the file that “okta-reset secrets keygen --out FILE” wrote.',
      exitCode: EXIT.usage,
      cause,
    });
  }
}

/**
 * Writes the temporary passwords or links of a run to an output, one user a row, as they are opened; `identity` is the
 * path of an identity file, undefined for a run that kept them in clear. Returns how many were opened and how many
 * could not be. Rejects with SECRETS_IDENTITY, RUN_NOT_FOUND.
 */
export async function openSecrets(
  input: {
    readonly dir: string;
    readonly identity: string | undefined;
    readonly format: 'csv' | 'ndjson';
  },
  output: Output,
  context: AppContext,
): Promise<{ readonly opened: number; readonly unreadable: number }> {
  const place = await openRunDirectory(input.dir);
  const identity =
    input.identity === undefined ? undefined : await readIdentity(input.identity, context);
  const secrets = readSealed(place.path('secrets'), identity);
  const table = openTable(output, input.format, COLUMNS, new Set(['secret']));
  let opened = 0;
  for await (const { userId, login, secret } of secrets) {
    context.interrupt.drain.throwIfAborted();
    await table.row([userId, login, secret.reveal()]);
    opened += 1;
  }
  await table.end();
  return { opened, unreadable: secrets.unreadable() };
}
