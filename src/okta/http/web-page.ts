import { failureText } from './failure-text.ts';

/** How far into a page its title is searched for. */
const HEAD_CHARACTERS = 16 * 1024;

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': '’',
  '&nbsp;': ' ',
};

/** Returns the title of a web page, which is empty if it has none; undefined for a body that is not a web page. */
export function webPageTitle(body: string): string | undefined {
  const head = body.slice(0, HEAD_CHARACTERS);
  const start = head
    .trimStart()
    .replace(/^\ufeff/, '')
    .slice(0, 20)
    .toLowerCase();
  if (!/^<(?:!doctype|html|head|title|body|\?xml|!--)/.test(start)) return undefined;
  const lower = head.toLowerCase();
  const open = lower.indexOf('<title');
  const from = open < 0 ? -1 : lower.indexOf('>', open);
  const to = from < 0 ? -1 : lower.indexOf('</title', from);
  if (to < 0) return '';
  const title = head.slice(from + 1, to);
  return failureText(
    title.replace(/&(?:amp|lt|gt|quot|nbsp|#39);/g, (found) => ENTITIES[found] ?? found),
  );
}

/** Says that such a page is not Okta's. */
export function webPageText(status: number, title: string): string {
  const titled = title === '' ? 'a web page' : `a web page titled “${title}”`;
  return `HTTP ${status} with ${titled}, which is not an answer from Okta`;
}
