// Every test in one process: the library is loaded once, and the app is synthesized once. `npm test` runs this;
// `node --import tsx --test test/data.test.ts` runs one file.

import { readdirSync } from 'node:fs';

for (const file of readdirSync(import.meta.dirname).sort()) {
  if (file.endsWith('.test.ts')) await import(`./${file}`);
}
