import type { ErrorEntry } from './error-entry.ts';

const NEW_TOKEN = 'Make a new API token (or check the service app), then try again or `resume`.';

function forUser(
  disposition: 'skip' | 'fail',
  code: string,
  status: number,
  meaning: string,
  how: string,
  who: ErrorEntry['who'] = 'you',
): ErrorEntry {
  return { code, statuses: [status], meaning, who, how, disposition };
}

function later(
  disposition: 'wait' | 'wait-then-fail' | 'wait-then-abort',
  code: string,
  status: number,
  meaning: string,
  how: string,
): ErrorEntry {
  const entry: ErrorEntry = {
    code,
    statuses: [status],
    meaning,
    who: 'Okta',
    how,
    disposition,
  };
  return disposition === 'wait-then-abort' ? { ...entry, stop: 'org-unavailable' } : entry;
}

function credentials(code: string, status: number, meaning: string, how: string): ErrorEntry {
  return {
    code,
    statuses: [status],
    meaning,
    who: 'you',
    how,
    disposition: 'abort',
    stop: 'credentials',
  };
}

const CHECK_USER = 'Look at the user in the Admin Console; nothing was changed.';
const RERUN_LATER = 'Rerun the failed rows later: `rerun RUN --only failed`.';

/** Okta's API error codes that a run can get. Source: Okta's error code list of release 2026.08.1 and recorded traffic. */
export const OKTA_ERROR_CODES: readonly ErrorEntry[] = [
  {
    code: 'E0000001',
    statuses: [400],
    meaning:
      'Okta refused a value in the call, or to convert a federated user ("Cannot convert user").',
    who: 'you',
    how: 'Read the cause next to it. If every row has it, the action does not fit these users.',
    disposition: 'fail-or-abort',
    stop: 'our-bug',
  },
  credentials(
    'E0000004',
    401,
    'Okta does not know these credentials.',
    'Check OKTA_CLIENT_TOKEN, and that it belongs to this org: run `doctor`.',
  ),
  credentials(
    'E0000005',
    403,
    'Okta treated the credentials as a browser session and found none: they are the wrong kind for this org.',
    'Use an API token (SSWS) or a service app of this org. Check with `doctor`.',
  ),
  {
    code: 'E0000006',
    statuses: [403],
    meaning:
      'Not permitted. The role or scope of the credentials is too small, or this user is an admin, is outside the role’s resource set, or has a directory agent without the rights.',
    who: 'a super admin',
    how: 'If every row has it: give the credentials a larger role (`doctor` names it). If only some rows have it: ask a super admin to act on those users.',
    disposition: 'fail-or-abort',
    stop: 'permission',
  },
  forUser(
    'skip',
    'E0000007',
    404,
    'There is no such user in this org, or these credentials cannot see the user.',
    'Check that the id comes from this org and that the user was not deleted.',
  ),
  {
    code: 'E0000008',
    statuses: [404],
    meaning: 'The org has no such path: the URL is not an Okta org’s API.',
    who: 'you',
    how: 'Check --org: use the org’s own URL, without `-admin` and without a path.',
    disposition: 'abort',
    stop: 'our-bug',
  },
  {
    code: 'E0000009',
    statuses: [500],
    meaning: 'Okta had an internal error. The user has to be read to see whether it took effect.',
    who: 'Okta',
    how: 'The run reads the user and continues. If it stays unknown, look at the user’s status, then `rerun RUN --only unknown`.',
    disposition: 'reconcile',
  },
  later(
    'wait-then-abort',
    'E0000010',
    503,
    'The org is in read-only mode for maintenance; nothing was changed.',
    'See status.okta.com; `resume` the run when the maintenance is over.',
  ),
  credentials(
    'E0000011',
    401,
    'The token was revoked, has expired, or belongs to another org.',
    NEW_TOKEN,
  ),
  forUser(
    'fail',
    'E0000014',
    403,
    'Okta could not change the password: the user’s directory or its password policy refused it.',
    'Reset the password in the directory (AD, LDAP), or give the agent the missing rights and rerun.',
    'a directory admin',
  ),
  credentials(
    'E0000015',
    401,
    'The org does not have the feature that this call needs.',
    'Ask Okta to enable it for the org, or choose another action.',
  ),
  forUser('skip', 'E0000016', 403, 'The user is already active.', CHECK_USER),
  forUser(
    'skip',
    'E0000017',
    403,
    'A password reset is not possible for this user: the user signs in through another provider, or has a status that allows no reset. The cause next to it says which.',
    'Federated and social users: reset at their provider. Staged or suspended users: activate or unsuspend first.',
  ),
  forUser(
    'skip',
    'E0000023',
    403,
    'The user’s profile is managed in another system, so Okta changes nothing here.',
    'Reset the password in the directory or app that manages the user.',
    'a directory admin',
  ),
  forUser(
    'skip',
    'E0000032',
    403,
    'The user is not locked, so there is nothing to unlock.',
    CHECK_USER,
  ),
  forUser('skip', 'E0000034', 403, 'Forgot-password is not allowed for this user.', CHECK_USER),
  forUser(
    'skip',
    'E0000035',
    403,
    'Changing the password is not allowed for this user.',
    CHECK_USER,
  ),
  forUser('skip', 'E0000036', 403, 'Changing the recovery question is not allowed.', CHECK_USER),
  forUser(
    'skip',
    'E0000038',
    403,
    'Not allowed in the user’s current status, which has changed since it was read.',
    'Make a new plan over this user. The new status decides.',
  ),
  forUser(
    'fail',
    'E0000039',
    403,
    'An operation on an app’s settings failed.',
    CHECK_USER,
    'a super admin',
  ),
  later(
    'wait',
    'E0000047',
    429,
    'The rate limit is used up, or too many calls are under way at once.',
    'Nothing to do: the run waits and continues. A lower --rate-share or --concurrency leaves more to other clients.',
  ),
  forUser(
    'fail',
    'E0000048',
    404,
    'The user’s on-premises agent does not know this user.',
    'Check the agent and the user’s link to the directory.',
    'a directory admin',
  ),
  forUser(
    'skip',
    'E0000060',
    501,
    'Okta does not support this operation for the user.',
    CHECK_USER,
  ),
  credentials(
    'E0000064',
    401,
    'The password of the admin account behind the credentials has expired.',
    'Sign in as that admin and set a new password, then `resume`.',
  ),
  forUser('fail', 'E0000069', 403, 'The user is locked.', 'Unlock the user, then rerun.'),
  forUser('fail', 'E0000079', 403, 'Not allowed in the current sign-in state.', RERUN_LATER),
  forUser(
    'fail',
    'E0000080',
    403,
    'The password policy refused the new password.',
    'Check the password policy that applies to this user.',
    'a super admin',
  ),
  forUser(
    'fail',
    'E0000085',
    403,
    'The sign-on policy denied the call.',
    'Check the sign-on policy and network zones of the org.',
    'a super admin',
  ),
  forUser('fail', 'E0000095', 403, 'Recovery is not allowed for this user.', CHECK_USER),
  later(
    'wait-then-abort',
    'E0000100',
    503,
    'Okta’s user search is down; nothing was changed.',
    'Wait, or select with --file, --user or --group, which do not need the search.',
  ),
  forUser(
    'fail',
    'E0000107',
    403,
    'The user is not in a state that allows this call.',
    RERUN_LATER,
  ),
  later(
    'wait-then-fail',
    'E0000112',
    409,
    'The user is still being activated or deactivated.',
    'Rerun this row in a few minutes: `rerun RUN --only failed`.',
  ),
  later(
    'wait',
    'E0000118',
    429,
    'This person was sent an email less than 5 seconds ago.',
    'Nothing to do: the run waits and continues.',
  ),
  forUser('fail', 'E0000119', 403, 'The user’s account is locked.', 'Unlock the user, then rerun.'),
  forUser('skip', 'E0000155', 423, 'The user is not active.', CHECK_USER),
  forUser('skip', 'E0000156', 410, 'The user’s id no longer exists.', CHECK_USER),
  later('wait-then-abort', 'E0000181', 503, 'The service is temporarily unavailable.', RERUN_LATER),
  later(
    'wait-then-fail',
    'E0000239',
    423,
    'The org’s policies are locked while somebody reorders them; nothing was changed.',
    RERUN_LATER,
  ),
  {
    code: 'E0000240',
    statuses: [502],
    meaning:
      'The directory agent did not answer in time; whether the password changed is unknown until the user is read.',
    who: 'a directory admin',
    how: 'Check the AD or LDAP agent. The run reads the user and continues.',
    disposition: 'reconcile',
    agent: 'directory',
  },
  {
    code: 'E0000241',
    statuses: [504],
    meaning: 'No directory agent is connected; nothing was changed.',
    who: 'a directory admin',
    how: 'Start an AD or LDAP agent, then `rerun RUN --error E0000241`.',
    disposition: 'fail',
    agent: 'directory',
  },
  later(
    'wait-then-fail',
    'E0000249',
    409,
    'Group rules are still being set up; nothing was changed.',
    RERUN_LATER,
  ),
  later(
    'wait-then-fail',
    'E0000253',
    409,
    'The user’s type is still being set up; nothing was changed.',
    RERUN_LATER,
  ),
];
