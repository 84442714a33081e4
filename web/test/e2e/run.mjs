// Journeys through the shop in a real browser against a running stack.
//   BASE_URL       the shop's origin            (http://127.0.0.1:8080)
//   CHROME_PATH    the browser                  (/usr/bin/chromium)
//   E2E_ARTIFACTS  where screenshots go         (a new folder under the temporary one)
//   E2E_QUERY      what is searched for         (headphones)
//   E2E_ONLY       names of journeys, by comma  (all)
//   STAFF_EMAIL, STAFF_PASSWORD  a member of staff who may do everything; without, the back office is left out
import { artifactsFolder, openWindow } from './browser.mjs';
import { journeys } from './journeys.mjs';

async function main() {
  const folder = await artifactsFolder();
  const only = process.env.E2E_ONLY?.split(',');
  let passed = 0;
  let failed = 0;
  const staffed = Boolean(process.env.STAFF_EMAIL && process.env.STAFF_PASSWORD);
  for (const { name, run, viewport, colorScheme, staff = false } of journeys) {
    if (only && !only.includes(name)) continue;
    if (staff && !staffed) {
      console.log(`skip  ${name}: STAFF_EMAIL and STAFF_PASSWORD are not set`);
      continue;
    }
    const began = Date.now();
    const took = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;
    const window = await openWindow({ name, folder, viewport, colorScheme });
    try {
      const note = await run(window);
      if (window.faults.length > 0) throw new Error(window.faults.join('\n    '));
      passed += 1;
      console.log(`ok    ${name} (${took()}): ${note}`);
    } catch (error) {
      failed += 1;
      await window.fail();
      console.log(`FAIL  ${name} (${took()})\n    ${error instanceof Error ? error.message : String(error)}`);
      for (const fault of window.faults) if (!(error instanceof Error && error.message.includes(fault))) console.log(`    ${fault}`);
    } finally {
      await window.close();
    }
  }
  console.log(`screenshots in ${folder}`);
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}

await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
