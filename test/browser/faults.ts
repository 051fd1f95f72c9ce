import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Minified, because each document that is checked gets it: less than half to send and to parse. */
const AXE = readFileSync(
  fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url)),
  'utf8',
);

const WIDTHS = [390, 1440] as const;
/** Rules of WCAG whose findings are serious, and those of them that a color scheme can break. */
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const COLOURS = ['color-contrast', 'link-in-text-block'];
const SCHEMES = ['light', 'dark'] as const;

/** Serious findings of axe in the current page: of every rule, or of the one about colors. */
async function findings(page: Page, which: 'all' | 'colours'): Promise<readonly string[]> {
  return page.evaluate(
    async (runOnly) => {
      // What runs in the page: the script with that name, not the module.
      const { axe: inPage } = globalThis as unknown as { readonly axe: typeof axe };
      const { violations } = await inPage.run({
        preload: false,
        resultTypes: ['violations'],
        runOnly,
      });
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''} ${nodes[0]?.failureSummary ?? ''}`);
    },
    [...(which === 'colours' ? COLOURS : WCAG)],
  );
}

/**
 * What is wrong with a screen at both widths and in both color schemes: what is too wide, and serious findings of axe. A
 * scheme changes only colors, so the second one is checked only for those.
 */
export async function faultsOf(page: Page, name: string): Promise<readonly string[]> {
  const faults: string[] = [];
  // The page's own policy applies here: the script is loaded by the debugger, not by a tag.
  const isIn = await page.evaluate(() => 'axe' in globalThis);
  if (!isIn) await page.evaluate(AXE);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      const found = await findings(page, colorScheme === 'light' ? 'all' : 'colours');
      faults.push(...found.map((text) => `${name} at ${width} px, ${colorScheme}: ${text}`));
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) faults.push(`${name} is ${wide} px wide on ${width}`);
  }
  return faults;
}
