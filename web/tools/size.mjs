// Weighs what a first visit to a page loads, from the build's manifest: gzip -9, static imports only.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

/** The built folder: the argument, else dist/. */
const DIST = pathToFileURL(`${resolve(process.argv[2] ?? fileURLToPath(new URL('../dist', import.meta.url)))}/`);
const KB = 1024;
/** JavaScript of the first page of a visit, in kilobytes: what we aim at, and where the check fails. */
const BUDGETS = { home: [120, 125], category: [120, 125], search: [120, 125], product: [125, 130], cart: [120, 125], checkout: [145, 150] };
/** The back office: its first page, and the largest. */
const ADMIN_BUDGETS = { 'admin/orders': [150, 230], 'admin/order': [160, 230] };
const CSS_BUDGET = [12, 12];

const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', DIST), 'utf8'));
const zipped = (file) => gzipSync(readFileSync(new URL(file, DIST)), { level: 9 }).length / KB;

function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key]?.imports ?? []) closure(next, seen);
  return seen;
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
const filesOf = (keys) => [...new Set([...keys].map((key) => manifest[key].file))];
let over = 0;

function report(name, size, [goal, limit]) {
  if (size > limit) over += 1;
  const verdict = size > limit ? 'OVER' : size > goal ? 'near' : 'ok';
  console.log(`${verdict.padEnd(5)} ${name.padEnd(12)} ${size.toFixed(1).padStart(6)} KB, goal ${goal}, limit ${limit}`);
}

const entry = 'index.html';
for (const [page, budget] of Object.entries(BUDGETS)) {
  const keys = closure(`src/routes/${page}.tsx`, closure(entry));
  report(page, sum(filesOf(keys).map(zipped)), budget);
}
// The back office is paid for by those who open it: no page of the shop may load a part of it at once.
const own = (key) => /^src\/(routes|features)\/admin\/|^_office-|^src\/app\/office\.tsx$/.test(key);
for (const page of Object.keys(BUDGETS)) {
  const stray = [...closure(`src/routes/${page}.tsx`, closure(entry))].filter(own);
  if (stray.length === 0) continue;
  over += 1;
  console.log(`OVER  ${page} loads parts of the back office: ${stray.join(', ')}`);
}
for (const [page, budget] of Object.entries(ADMIN_BUDGETS)) {
  const keys = ['src/app/office.tsx', 'src/routes/admin/layout.tsx', `src/routes/${page}.tsx`].reduce((seen, key) => closure(key, seen), closure(entry));
  report(page, sum(filesOf(keys).map(zipped)), budget);
}
report('css', sum((manifest[entry].css ?? []).map(zipped)), CSS_BUDGET);
if (over > 0) process.exit(1);
