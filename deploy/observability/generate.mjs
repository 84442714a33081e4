// Writes what is made from other files: the rules of slo.toml and the dashboards of grafana/source.
//
//   node deploy/observability/generate.mjs            writes
//   node deploy/observability/generate.mjs --check    writes nothing, exits 1 when a file is not what it would write

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { dashboards } from './grafana/source/all.mjs';
import { readSlos } from './lib/slo.mjs';
import { sloRules } from './lib/slo-rules.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** Every generated file with its text, by its path below this folder. */
export function generated() {
  const files = { 'prometheus/rules/slo.yml': sloRules(readSlos(path.join(HERE, 'slo.toml'))) };
  for (const dashboard of dashboards) files[`grafana/dashboards/${dashboard.uid}.json`] = `${JSON.stringify(dashboard, null, 2)}\n`;
  return files;
}

/** The generated files that are missing or differ. */
export function drifted() {
  return Object.entries(generated())
    .filter(([name, text]) => !existsSync(path.join(HERE, name)) || readFileSync(path.join(HERE, name), 'utf8') !== text)
    .map(([name]) => name);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv[2] === '--check') {
    const stale = drifted();
    for (const name of stale) console.error(`${name} is not what generate.mjs writes`);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    for (const [name, text] of Object.entries(generated())) writeFileSync(path.join(HERE, name), text);
    console.log(`${Object.keys(generated()).length} files written`);
  }
}
