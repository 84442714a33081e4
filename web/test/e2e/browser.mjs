import { mkdtemp, mkdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const KNOWN_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of the machine: `$CHROME_PATH`, else a usual place. Nothing is downloaded. */
export function chromePath() {
  const path = process.env.CHROME_PATH ?? KNOWN_PATHS.find((known) => existsSync(known));
  if (!path || !existsSync(path)) throw new Error(`No Chromium found${path ? ` at ${path}` : ''}. Install it (apt-get install chromium) or set CHROME_PATH.`);
  return path;
}

/** Where screenshots go: `$E2E_ARTIFACTS`, else a new folder under the system's temporary one. */
export async function artifactsFolder() {
  const folder = process.env.E2E_ARTIFACTS ?? (await mkdtemp(join(tmpdir(), 'techmart-e2e-')));
  await mkdir(folder, { recursive: true });
  return folder;
}

/**
 * A browser window with a profile of its own. `visit` names a place for screenshots and checks it with
 * axe; everything wrong, with broken scripts and violations of the content policy, is in `faults`.
 */
export async function openWindow({ name, folder, viewport, colorScheme }) {
  const profile = await mkdtemp(join(tmpdir(), 'techmart-chrome-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromePath(),
    headless: true,
    args: FLAGS,
    viewport,
    colorScheme,
    reducedMotion: 'reduce',
    ignoreDefaultArgs: ['--enable-automation'],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(Number(process.env.E2E_TIMEOUT_MS ?? 15_000));
  const faults = [];
  page.on('pageerror', (error) => faults.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && /content security policy/i.test(message.text())) faults.push(`content policy: ${message.text().slice(0, 300)}`);
  });
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  let step = 0;

  const visit = async (place) => {
    step += 1;
    await page.screenshot({ path: join(folder, `${name}-${String(step).padStart(2, '0')}-${place}.png`) });
    // Evaluated by the tools' own channel, so it works under a strict content policy too.
    await page.evaluate(axe);
    const { violations } = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags }), TAGS);
    for (const { id, nodes } of violations) faults.push(`axe at ${place}: ${id} (${nodes.length}) ${nodes[0]?.html.slice(0, 160)}`);
  };
  const close = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  };
  const fail = async () => {
    await page.screenshot({ path: join(folder, `${name}-failed.png`), fullPage: true }).catch(() => undefined);
  };
  return { page, visit, faults, close, fail };
}
