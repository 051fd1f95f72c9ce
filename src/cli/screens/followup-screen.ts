import { followupMeaning, followupWords } from '../../app/followup/followup-meaning.ts';
import { FOLLOWUP_STATES, type FollowupState } from '../../app/followup/followup-state.ts';
import type { Followup } from '../../app/followup/followup.ts';
import type { NextCommand } from '../../domain/run/next-commands.ts';
import { formatDuration } from '../../domain/duration.ts';
import { WIDEST, alignColumns, wrap } from '../../text/layout.ts';
import type { Style } from '../terminal/style.ts';
import { count, counted } from '../../domain/counted.ts';
import type { Text } from '../../text/styled.ts';
import { nextLines } from './next-lines.ts';
import { bar } from './progress/bar.ts';

const TROUBLE: ReadonlySet<FollowupState> = new Set([
  'link-dead',
  'link-used',
  'bounced',
  'no-trace',
  'signed-in-again',
  'enrolled-again',
  'lifted',
  'as-before',
  'came-back',
]);

const BAR = 20;

function proofLine(followup: Followup): string {
  const { proven, users, proofs } = followup;
  const { proof: done } = followupWords(followup.action);
  switch (proofs) {
    case 'unreadable':
      return 'The credential cannot read the System Log (okta.logs.read). What was done is not proven by it, and bounced emails and opened links are not seen.';
    case 'partly':
      return `The System Log proves ${count(proven)} of ${counted(users, done)}; the log was too long to read to the end.`;
    case 'whole':
      return proven === users
        ? `The System Log proves each of the ${counted(users, done)}.`
        : `The System Log proves ${count(proven)} of ${counted(users, done)}; the others are marked in the list.`;
    default: {
      const never: never = proofs;
      return never;
    }
  }
}

const LIFETIME_FROM = {
  policy: 'by the password policy',
  flag: 'as you set it',
  assumed: 'assumed: the policy cannot be read; set it with --link-lifetime',
} as const;

/** Says what opened links mean, and what helps; empty if there are none. */
function linkUseText({ counts, scanner }: Followup): string {
  const used = counts['link-used'];
  if (used === 0) return '';
  if (scanner === undefined)
    return `${counted(used, 'link was', 'links were')} opened, but no password was set. Help these users with a temporary password or another link.`;
  return `A mail scanner opens the links: those of ${counted(scanner.users, 'user')} were opened within a minute of the reset, several from the same address (${scanner.addresses.join(', ')}). A new link would be used up in the same way. Give temporary passwords, or tell the mail gateway to leave links to your Okta address alone and then resend.`;
}

/** Counts the users by how far they are, one line per state. Users who came back are not among the users reset. */
function stateLines(followup: Followup, width: number, style: Style): readonly Text[] {
  const { counts, users } = followup;
  const { good, done } = followupWords(followup.action);
  const shown = FOLLOWUP_STATES.filter((state) => counts[state] > 0 || state === good);
  const isReset = (state: FollowupState) => state !== 'came-back';
  const ordered = [
    ...shown.filter(isReset),
    undefined,
    ...shown.filter((state) => !isReset(state)),
  ];
  const lines = alignColumns(
    ordered.map((state) => [
      { text: state ?? `users ${done}` },
      { text: count(state === undefined ? users : counts[state]), right: true },
      { text: state === undefined ? '' : followupMeaning(state, followup.action) },
    ]),
    { width, indent: '  ', flexible: 2 },
  );
  return lines.map((line, index) => {
    const state = ordered[index];
    if (state === good) return style.green(line);
    return state !== undefined && TROUBLE.has(state) ? style.red(line) : line;
  });
}

/** Says what else to know. */
function remarks(followup: Followup): readonly string[] {
  const { linkLifetimeMs, linkLifetimeFrom, neverReset, unreadable } = followup;
  const { hasLink, done } = followupWords(followup.action);
  return [
    proofLine(followup),
    hasLink
      ? `A reset link is valid for ${formatDuration(linkLifetimeMs)} (${LIFETIME_FROM[linkLifetimeFrom]}).`
      : '',
    neverReset === 0
      ? ''
      : `${counted(neverReset, 'user of the plan was', 'users of the plan were')} never ${done}.`,
    unreadable === 0
      ? ''
      : `Of ${counted(unreadable, 'user')} the damaged journal no longer tells whether they were ${done}.`,
    linkUseText(followup),
  ];
}

/** Says for a person how far the users are. `next` has the commands that help those who are stuck. */
export function followupScreen(
  followup: Followup,
  next: readonly NextCommand[],
  options: { readonly width: number; readonly style: Style },
): readonly Text[] {
  const { counts, users, runs, host, file } = followup;
  const { style } = options;
  const width = Math.min(options.width, WIDEST);
  const good = counts.finished + counts.contained;
  const share = users === 0 ? 0 : good / users;
  return [
    style.bold(
      `${counted(runs.length, 'run')} on ${host}: ${count(good)} of ${counted(users, 'user')} ${followupWords(followup.action).goodWords}`,
    ),
    `${bar(share, BAR)} ${Math.floor(share * 100)}%`,
    '',
    ...stateLines(followup, width, style),
    '',
    ...remarks(followup).flatMap((text) => wrap(text, width)),
    `List    ${file}`,
    ...nextLines(next, style),
  ];
}

/** Says the same in one line, for `--watch` if the screen is not redrawn. */
export function followupLine(followup: Followup): string {
  const states = FOLLOWUP_STATES.filter((state) => followup.counts[state] > 0);
  const counted = states.map((state) => `${count(followup.counts[state])} ${state}`).join(', ');
  return `${followup.takenAt.slice(0, 19)}Z  ${counted}`;
}
