import { openOwnFile, readUpTo } from '../../disk/own-file.ts';
import { withPrivateFile } from '../../disk/private-file.ts';
import { producesSecrets } from '../../domain/plan/action.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { wouldRun } from '../../domain/row/cell.ts';
import type { Output } from '../../domain/host.ts';
import { RowRanges } from '../../domain/row/row-ranges.ts';
import type { Replay } from '../../journal/replay.ts';
import { readSecretMentions } from '../../journal/secret-mentions.ts';
import { openTable, type Table } from '../../report/table.ts';
import { keygen, parseIdentities, recipientsIn, type Identity } from '../../secrets/identity.ts';
import { readSealed, type Refusal, type SealedFinding } from '../../secrets/read-sealed.ts';
import { plain } from '../../text/safe.ts';
import type { AppContext } from '../context.ts';
import { openRun } from '../runs/open-run.ts';
import { requireSecretsFile } from './lost-secrets.ts';

const COLUMNS = ['id', 'login', 'secret'] as const;
/** A run of 0.1.0 can contain secrets that are not bound to a user, which this column says for each. */
const OLD_COLUMNS = [...COLUMNS, 'bound'] as const;
const OTHERS = 0o077;
const MOST_IDENTITY_BYTES = 1024 * 1024;

/** Makes a key pair in a new file (0600), and returns its recipient. Rejects with SECRETS_IDENTITY. */
export async function makeKey(out: string, context: AppContext): Promise<string> {
  return keygen({ out, createdAt: new Date(context.host.clock.nowMs()).toISOString() });
}

interface OpenInput {
  readonly dir: string;
  readonly identities: readonly string[];
  readonly format: 'csv' | 'ndjson';
}

/** What happened to the secrets of a run. */
export interface OpenedSecrets {
  readonly opened: number;
  /** Rows that no identity opens, by the recipients they are sealed to. `whole` if they are known not to be damaged. */
  readonly closed: readonly {
    readonly recipients: readonly string[];
    readonly whole: boolean;
    readonly rows: RowRanges;
  }[];
  /** Records that are not handed out. */
  readonly refused: ReadonlyMap<Refusal, { readonly rows: RowRanges; readonly lines: RowRanges }>;
  /** Rows that succeeded but have no secret, neither opened nor still sealed. */
  readonly missing: RowRanges;
  /** How many opened secrets are not bound to a user. */
  readonly unbound: number;
  /** How many opened secrets a spreadsheet would run as a formula. */
  readonly formulas: number;
  /** Rows whose secret a terminal would interpret, so that it was left out there. */
  readonly unshown: RowRanges;
}

async function readIdentityText(path: string, context: AppContext): Promise<string> {
  let text: string;
  try {
    const file = await openOwnFile(path, 'read');
    const { mode } = await file.stat();
    text = (await readUpTo(file, MOST_IDENTITY_BYTES).finally(() => file.close())).toString('utf8');
    if ((mode & OTHERS) !== 0 && context.host.platform !== 'win32') {
      context.emit({
        type: 'message',
        level: 'warning',
        text: `${path} can be read by others. Anyone who reads it can open the secrets.`,
        hint: `chmod 600 ${path}`,
      });
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('SECRETS_IDENTITY', `The identity file ${path} cannot be read.`, {
      hint: 'Name the file that “okta-reset secrets keygen --out FILE” wrote.',
      cause,
    });
  }
  return text;
}

/** Reads an identity file that belongs to this account. Rejects with SECRETS_IDENTITY, FILE_NOT_YOURS. */
export async function readIdentity(path: string, context: AppContext): Promise<Identity> {
  return parseIdentities(await readIdentityText(path, context));
}

/** Returns the public keys of an identity file. Rejects with SECRETS_IDENTITY, FILE_NOT_YOURS. */
export async function recipientsOfIdentity(
  path: string,
  context: AppContext,
): Promise<readonly string[]> {
  return recipientsIn(await readIdentityText(path, context));
}

/** Sorts the records, and writes those that can be opened. */
class Opening {
  opened = 0;
  unbound = 0;
  formulas = 0;
  readonly closed = new Map<string, OpenedSecrets['closed'][number]>();
  readonly refused = new Map<Refusal, { rows: RowRanges; lines: RowRanges }>();
  readonly unshown = new RowRanges();
  readonly #accounted = new Set<number>();
  readonly #table: Table;
  readonly #terms: { readonly isOld: boolean; readonly isTty: boolean };

  constructor(table: Table, terms: { readonly isOld: boolean; readonly isTty: boolean }) {
    this.#table = table;
    this.#terms = terms;
  }

  async take(finding: SealedFinding): Promise<void> {
    switch (finding.kind) {
      case 'opened':
        this.#accounted.add(finding.row);
        await this.#write(finding);
        return;
      case 'closed': {
        const { recipients, whole, row } = finding;
        this.#accounted.add(row);
        const key = `${whole} ${recipients.join()}`;
        const group = this.closed.get(key) ?? { recipients, whole, rows: new RowRanges() };
        group.rows.add(row);
        this.closed.set(key, group);
        return;
      }
      case 'refused': {
        const { row, line, why } = finding;
        const group = this.refused.get(why) ?? { rows: new RowRanges(), lines: new RowRanges() };
        if (row === undefined) group.lines.add(line);
        else group.rows.add(row);
        this.refused.set(why, group);
        return;
      }
      default: {
        const never: never = finding;
        return never;
      }
    }
  }

  missingOf(rows: Iterable<number>): RowRanges {
    const missing = new RowRanges();
    for (const row of [...rows].sort((a, b) => a - b))
      if (!this.#accounted.has(row)) missing.add(row);
    return missing;
  }

  async #write(finding: Extract<SealedFinding, { kind: 'opened' }>): Promise<void> {
    const { row, userId, login, secret, bound } = finding;
    const { isOld, isTty } = this.#terms;
    const text = secret.reveal();
    if (isTty && plain(text) !== text) {
      this.unshown.add(row);
      return;
    }
    this.opened += 1;
    if (!bound) this.unbound += 1;
    if (wouldRun(text)) this.formulas += 1;
    await this.#table.row([userId, login, text, ...(isOld ? [bound ? 'yes' : 'no'] : [])]);
  }
}

function noneOpens(opening: Opening, identities: number): AppError {
  const recipients = new Set([...opening.closed.values()].flatMap((group) => group.recipients));
  const named =
    recipients.size === 0 ? '' : ` They are encrypted to ${[...recipients].join(', ')}.`;
  return new AppError(
    'SECRETS_IDENTITY',
    identities === 0
      ? `The secrets of this run are encrypted. You need the key file to open them.${named}`
      : `None of the secrets opens with ${identities === 1 ? 'this identity' : 'these identities'}.${named}`,
    {
      hint: 'Pass --identity FILE with the key file whose `# public key:` line names one of the recipients of the run.',
    },
  );
}

function warnOfDamage(replay: Replay, { emit }: AppContext): void {
  if (replay.chainState.kind !== 'broken') return;
  emit({
    type: 'message',
    level: 'warning',
    text: `The journal is damaged or was edited at line ${replay.chainState.line}. Secrets that are mentioned after that line are not handed out.`,
  });
}

/**
 * Writes the temporary passwords or links of a run as they are opened, one user per row, to an output or to a new file
 * (0600) at a path. `identities` are paths of identity files. A record that does not open, or is not the one that the
 * journal names, is left out and reported. Rejects with SECRETS_IDENTITY if none opens, RUN_NOT_FOUND, RUN_DAMAGED, USAGE if
 * the file exists, DISK.
 */
export async function openSecrets(
  input: OpenInput,
  to: Output | string,
  context: AppContext,
): Promise<OpenedSecrets> {
  return typeof to === 'string'
    ? withPrivateFile(to, (output) => openInto(input, output, context))
    : openInto(input, to, context);
}

async function openInto(
  input: OpenInput,
  output: Output,
  context: AppContext,
): Promise<OpenedSecrets> {
  const { drain } = context.interrupt;
  await using found = await openRun(input.dir, context);
  const { place, run, replay } = found;
  warnOfDamage(replay, context);
  const { spec, runId } = run;
  const told = { runId, spec, head: replay };
  const mentions = await readSecretMentions(place.path('journal'), told, drain);
  await requireSecretsFile(found, mentions, context);
  const keys: Identity[] = [];
  for (const path of input.identities) keys.push(await readIdentity(path, context));

  const isOld = run.format === 1;
  const columns = isOld ? OLD_COLUMNS : COLUMNS;
  const table = openTable(output, input.format, columns, new Set(['secret']));
  const opening = new Opening(table, { isOld, isTty: output.isTty });
  const recipients = replay.recipients ?? run.recipients ?? [];
  const sealed = { runId, isOld, recipients, mentionOf: mentions.of.bind(mentions) };
  for await (const finding of readSealed(place.path('secrets'), sealed, keys)) {
    drain.throwIfAborted();
    await opening.take(finding);
  }
  if (opening.opened === 0 && opening.closed.size > 0)
    throw noneOpens(opening, input.identities.length);
  await table.end();
  const { opened, closed, refused, unbound, formulas, unshown } = opening;
  const missing = opening.missingOf(producesSecrets(spec) ? mentions.succeeded : []);
  return { opened, closed: [...closed.values()], refused, missing, unbound, formulas, unshown };
}
