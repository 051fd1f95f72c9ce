import { APP_ERROR_ENTRIES, type AppErrorEntry } from '../src/domain/codes/app-error-entries.ts';
import { DISPOSITION_WORDS } from '../src/domain/codes/disposition-words.ts';
import type { ErrorEntry } from '../src/domain/codes/error-entry.ts';
import { ERROR_ENTRIES } from '../src/domain/codes/okta-error.ts';

const HEAD = `<!-- Made by \`npm run docs\` from src/domain/codes/app-error-entries.ts and src/domain/codes/okta-error.ts. Changes by hand are lost. -->

# Errors

For anyone who sees a code: what it means here, who can fix it, and how. \`okta-reset explain CODE\` prints an entry. It also
explains an outcome (\`unknown\`) and a reason (\`_reason\` in results.csv: \`already-in-recovery\`, \`status:SUSPENDED\`, …),
a user status (\`RECOVERY\`), an HTTP status (\`429\`), a state of a follow-up (\`link-dead\`) and an exit code (\`7\`).

\`\`\`sh
okta-reset explain E0000017
\`\`\`
`;

function okta(entry: ErrorEntry): readonly string[] {
  const statuses = entry.statuses.length === 0 ? '' : `HTTP ${entry.statuses.join(', ')}. `;
  const agent =
    entry.agent === undefined ? '' : ' Other users of the same directory wait meanwhile.';
  return [
    '',
    `### ${entry.code}`,
    '',
    `${statuses}${entry.meaning}`,
    '',
    `- The run ${DISPOSITION_WORDS[entry.disposition]}.${agent}`,
    `- Who can fix it: ${entry.who}. ${entry.how}`,
  ];
}

function ours(entry: AppErrorEntry): readonly string[] {
  return [
    '',
    `### ${entry.code}`,
    '',
    `Exit code ${String(entry.exitCode)}. ${entry.meaning}`,
    '',
    `- Who can fix it: ${entry.who}. ${entry.how}`,
  ];
}

function section(title: string, about: string, entries: readonly ErrorEntry[]): readonly string[] {
  return ['', `## ${title}`, '', about, ...entries.flatMap(okta)];
}

/** Makes docs/errors.md from the two catalogs. */
export function errorsDocument(): string {
  const isOkta = (entry: ErrorEntry) => /^E\d{7}$/.test(entry.code);
  const isOAuth = (entry: ErrorEntry) => /^[a-z_]+$/.test(entry.code);
  return [
    HEAD,
    '- [Codes of okta-reset](#codes-of-okta-reset): why a command ended',
    '- [Codes of Okta](#codes-of-okta): why a row ended as `failed`, or the run stopped (`_okta_error_code` in results.csv)',
    '- [Codes of the token endpoint](#codes-of-the-token-endpoint): service apps',
    '- [Codes of the connection](#codes-of-the-connection): network, proxy, TLS',
    '',
    '## Codes of okta-reset',
    ...APP_ERROR_ENTRIES.flatMap(ours),
    ...section(
      'Codes of Okta',
      'A code that is not listed is decided by its HTTP status: 401 stops the run, 403 and 404 end the row as `failed`, 429 waits, 5xx is read back.',
      ERROR_ENTRIES.filter(isOkta),
    ),
    ...section(
      'Codes of the token endpoint',
      'OAuth errors, for service apps (`OKTA_CLIENT_AUTHORIZATIONMODE=PrivateKey`).',
      ERROR_ENTRIES.filter(isOAuth),
    ),
    ...section(
      'Codes of the connection',
      'No answer of Okta’s: what was not sent is sent again, what may have been sent is read back first.',
      ERROR_ENTRIES.filter((entry) => !isOkta(entry) && !isOAuth(entry)),
    ),
    '',
  ].join('\n');
}
