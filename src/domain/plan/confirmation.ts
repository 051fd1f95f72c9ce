/** What an admin says yes to: how many users, on which org. Written `4812@acme.okta.com`. */
export interface Confirmation {
  readonly count: number;
  readonly host: string;
}

const CONFIRMATION = /^(\d{1,9})@(\S+)$/;

/** Parses `COUNT@HOST`; undefined if the text is anything else. Case of the host does not matter. */
export function parseConfirmation(text: string): Confirmation | undefined {
  const match = CONFIRMATION.exec(text.trim());
  if (match === null) return undefined;
  const [, count = '', host = ''] = match;
  return { count: Number(count), host: host.toLowerCase() };
}

export function formatConfirmation(confirmation: Confirmation): string {
  return `${confirmation.count}@${confirmation.host}`;
}
