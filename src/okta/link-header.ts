const LINK = /<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)/g;

/** Returns the target of the first link with `rel="next"`; headers may be repeated or joined by commas. */
export function nextLinkOf(link: string | readonly string[] | undefined): string | undefined {
  if (link === undefined) return undefined;
  for (const text of typeof link === 'string' ? [link] : link) {
    for (const [, target = '', parameters = ''] of text.matchAll(LINK)) {
      const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i.exec(parameters);
      if ((rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/).includes('next')) return target;
    }
  }
  return undefined;
}
