/**
 * Takes screenshots of the console over a local AWS with runs of all kinds: `npm run console-pictures` takes those of
 * the documentation, and `npm run console-pictures -- FOLDER` every page at two widths, light and dark. Needs a build
 * and Chromium.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Browser } from 'playwright-core';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const { connect } = await import('../../client/connection/connection.js');
const { startConsole } = await import('../../client/console/server/start-console.js');
const { seedkit } = await import('../../client/index.js');
const { startLocalAws } = await import('../../lib/local/index.js');
const { CHROMIUM, startChromium } = await import('../end-to-end/chromium.js');
const { synthesizedSeedkit } = await import('../local/place/seedkit-assembly.js');
const { DOCS_FOLDER, DOCS_PICTURES } = await import('./docs-pictures.js');
const { pagesWithContent } = await import('./scenes.js');

const WIDTHS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;
const SCHEMES = ['light', 'dark'] as const;
const NAME = 'demo';

/** Quality at which text is sharp and a picture has about 40 KB. */
const WEBP_QUALITY = 70;

const [folder] = process.argv.slice(2);
if (CHROMIUM === undefined) {
  process.stderr.write('There is no Chromium. Install it.\n');
  process.exit(2);
}
await mkdir(folder ?? DOCS_FOLDER, { recursive: true });
const localAws = await startLocalAws();
try {
  await localAws.deploy((await synthesizedSeedkit()).folder);
  const { endpoint, region, credentials } = localAws;
  const aws = { endpoint, region, credentials };
  const site = await startConsole(connect(NAME, aws), 0);
  const browser = await startChromium();
  try {
    const kit = seedkit(NAME, { aws });
    const { pages, cancelOne, end } = await pagesWithContent(kit);
    if (folder === undefined) await takeForDocs(browser, site, pages);
    else {
      await cancelOne();
      await takeAll(browser, site, pages, folder);
    }
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
  target: string,
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
        const file = path.join(target, `${name}-${size.width}-${colorScheme}.png`);
        await page.screenshot({ path: file, fullPage: true });
        process.stdout.write(`${file}\n`);
      }
    }
  }
}

/** Takes the pictures of the documentation. */
async function takeForDocs(
  browser: Browser,
  site: { readonly address: string; readonly url: string },
  pages: Readonly<Record<string, string>>,
): Promise<void> {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(site.address);
  const devTools = await context.newCDPSession(page);
  for (const { file, page: name, size, colorScheme, ready, scrollTo } of DOCS_PICTURES) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await page.goto(`${site.url}${pages[name]}`);
    for (const selector of ready) await page.locator(selector).first().waitFor();
    if (scrollTo !== undefined)
      await page.evaluate(`document.querySelector(${JSON.stringify(scrollTo)}).scrollIntoView()`);
    // Playwright takes PNG and JPEG only. WebP has half their size.
    const { data } = await devTools.send('Page.captureScreenshot', { format: 'webp', quality: WEBP_QUALITY });
    await writeFile(path.join(DOCS_FOLDER, file), Buffer.from(data, 'base64'));
    process.stdout.write(`${path.join(DOCS_FOLDER, file)}\n`);
  }
}
