import { exportUsers, type ExportColumn } from '../../app/export-users.ts';
import { usage } from '../../domain/codes/app-error.ts';
import { resolveOrg } from '../../config/org.ts';
import { refuseNobody } from '../../config/selection.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import type { Execute } from '../line/commands.ts';
import { printing } from '../session.ts';
import { counted } from '../../domain/counted.ts';

/** The columns of Rockstar's “Export Users” with its default columns, under the same headers. */
const ROCKSTAR: readonly ExportColumn[] = [
  { header: 'User Id', field: 'id' },
  { header: 'Status', field: 'status' },
  { header: 'Username', field: 'profile.login' },
  { header: 'First name', field: 'profile.firstName' },
  { header: 'Last name', field: 'profile.lastName' },
  { header: 'Primary email', field: 'profile.email' },
];

const DEFAULT_FIELDS = 'id,status,login,email,firstName,lastName,provider,passwordChanged';

export const execute: Execute<'users'> = async ({ input, given, terminal }) => {
  refuseNobody(given);
  const { columns, rockstar } = input.export;
  if (rockstar && columns !== undefined)
    throw usage(
      '--rockstar and --columns do not go together.',
      '--rockstar sets the columns. Leave one of the two out.',
    );
  const fields = (columns ?? DEFAULT_FIELDS)
    .split(',')
    .map((field) => field.trim())
    .filter((field) => field !== '');
  if (fields.length === 0)
    throw usage('--columns is empty.', `Example: --columns ${DEFAULT_FIELDS}`);
  // Standard output is the export itself, and the events of --json do not belong in it. On the same terminal, a line that is
  // drawn in place would be drawn over users.
  const animated = terminal.animated && !terminal.stdout.isTty;
  return printing({ ...terminal, json: false, animated }, async (session) => {
    const org = await resolveOrg(input.org, session.sources);
    const { users, emptyColumns } = await exportUsers(
      {
        org,
        pace: input.pace,
        selection: input.who,
        format: input.output.format ?? (terminal.json ? 'ndjson' : 'csv'),
        columns: rockstar ? ROCKSTAR : fields.map((field) => ({ header: field, field })),
      },
      terminal.stdout,
      session.context,
    );
    if (users > 0 && columns !== undefined && emptyColumns.length > 0)
      session.sources.warn(
        `No user has a value for ${emptyColumns.join(', ')}.`,
        'Check the spelling. Okta distinguishes capitals, as in lastLogin.',
      );
    await session.settle();
    if (!terminal.quiet) await terminal.err(`${counted(users, 'user')} exported.\n`);
    return EXIT.ok;
  });
};
