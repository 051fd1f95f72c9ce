const LINK = /<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)/g;
const PARAMETER = /;\s*([\w*-]+)\s*=\s*(?:"([^"]*)"|([^\s",;]+))/g;

/** Returns the target of the first link with `rel="next"`. Headers can be repeated, or joined by commas. */
export function nextLinkOf(link: string | readonly string[] | undefined): string | undefined {
  if (link === undefined) return undefined;
  for (const text of typeof link === 'string' ? [link] : link) {
    for (const [, target = '', parameters = ''] of text.matchAll(LINK)) {
      // One parameter at a time, because the text `rel=next` can also be inside the quotes of another one.
      for (const [, name = '', quoted, bare] of parameters.matchAll(PARAMETER)) {
        const words = (quoted ?? bare ?? '').toLowerCase().split(/\s+/);
        if (name.toLowerCase() === 'rel' && words.includes('next')) return target;
      }
    }
  }
  return undefined;
}

/** Tells whether a Link header that cannot be parsed mentions a next page. */
export function speaksOfNext(link: string | readonly string[] | undefined): boolean {
  return [link ?? []].flat().some((text) => /\bnext\b/i.test(text.replace(LINK, '')));
}
