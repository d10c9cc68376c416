/**
 * Takes screenshots of every page of the console, over a local AWS with runs of all kinds, at two widths, light and
 * dark: `npm run console-pictures -- FOLDER`. Needs a build and Chromium.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import type { Browser } from 'playwright-core';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const { connect } = await import('../../client/connection/connection.js');
const { startConsole } = await import('../../client/console/server/start-console.js');
const { seedkit } = await import('../../client/index.js');
const { startLocalPlace } = await import('../../lib/local/index.js');
const { CHROMIUM, startChromium } = await import('../end-to-end/chromium.js');
const { synthesizedSeedkit } = await import('../local/place/seedkit-assembly.js');
const { pagesWithContent } = await import('./scenes.js');

const WIDTHS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;
const SCHEMES = ['light', 'dark'] as const;
const NAME = 'demo';

const [folder] = process.argv.slice(2);
if (folder === undefined || CHROMIUM === undefined) {
  process.stderr.write('Give the folder for the screenshots, and install Chromium.\n');
  process.exit(2);
}
await mkdir(folder, { recursive: true });
const localAws = await startLocalPlace();
try {
  await localAws.deploy((await synthesizedSeedkit()).folder);
  const { endpoint, region, credentials } = localAws;
  const aws = { endpoint, region, credentials };
  const site = await startConsole(connect(NAME, aws), 0);
  const browser = await startChromium();
  try {
    const kit = seedkit(NAME, { aws });
    const { pages, end } = await pagesWithContent(kit);
    await takeAll(browser, site, pages);
    await end();
  } finally {
    await browser.close();
    await site.close();
  }
} finally {
  await localAws.close();
}

async function takeAll(
  browser: Browser,
  site: { readonly address: string; readonly url: string },
  pages: Readonly<Record<string, string>>,
): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(site.address);
  for (const [name, address] of Object.entries(pages)) {
    for (const size of WIDTHS) {
      for (const colorScheme of SCHEMES) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        await page.goto(`${site.url}${address}`);
        // The pages ask for news without end, so there is no time without requests to wait for.
        await page.waitForTimeout(2_500);
        const file = path.join(folder ?? '', `${name}-${size.width}-${colorScheme}.png`);
        await page.screenshot({ path: file, fullPage: true });
        process.stdout.write(`${file}\n`);
      }
    }
  }
}
