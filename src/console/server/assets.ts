/** A file of the page, from a fixed table, so that no path from outside ever names one. */
export interface Asset {
  readonly type: string;
  readonly bytes: string | Uint8Array;
}

/** The page's own addresses. Each returns the shell, which reads the rest of the address itself. */
export const PAGES: readonly string[] = ['/', '/connect', '/new/*', '/runs/*', '/new', '/runs'];

const page = (title: string, text: string) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title><main><h1>${title}</h1><p>${text}</p></main></html>
`;

/** What a browser without a session is shown. It must not say anything else. */
export const CLOSED_PAGE = page(
  'okta-reset console',
  'This browser has no session, or the link was used already. Press Enter in the terminal where the console runs, and open the link that it prints. If the console has ended, start it again.',
);

/** The shell only loads the page's script and style. */
const SHELL = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>okta-reset console</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/console.css">
<div id="console"></div>
<script src="/assets/console.js" defer></script>
<noscript>The console needs JavaScript.</noscript>
</html>
`;

const UNBUILT = page('okta-reset console', 'The page is not built: npm run build');

/** Returns the shell, or if the page was not built, a page that says so. */
export function shellOf(files: ReadonlyMap<string, Asset>): Asset {
  const bytes = files.has('console.js') ? SHELL : UNBUILT;
  return { type: 'text/html; charset=utf-8', bytes };
}
