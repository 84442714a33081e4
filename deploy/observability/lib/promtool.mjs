// Calls promtool, which comes with Prometheus (Debian: package `prometheus`).

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The program that PROMTOOL names, or the one on the path; null where there is none. */
export function findPromtool() {
  const program = process.env.PROMTOOL || 'promtool';
  return spawnSync(program, ['--version']).status === 0 ? program : null;
}

/** Runs it. What it complained about, or null when it did not. */
export function promtool(program, args, cwd) {
  const run = spawnSync(program, args, { cwd, encoding: 'utf8' });
  return run.status === 0 ? null : `promtool ${args.slice(0, 2).join(' ')}:\n${run.stdout}${run.stderr}`.trim();
}

/** Whether each expression can be parsed: as rules of a file that lives for a moment. */
export function parseExprs(program, exprs) {
  const folder = mkdtempSync(path.join(tmpdir(), 'techmart-exprs-'));
  try {
    const rules = exprs.map((expr, index) => `      - record: dashboard:expr:n${index}\n        expr: ${JSON.stringify(expr)}\n`);
    const file = path.join(folder, 'rules.yml');
    writeFileSync(file, `groups:\n  - name: dashboards\n    rules:\n${rules.join('')}`);
    return promtool(program, ['check', 'rules', file]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
