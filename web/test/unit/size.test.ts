import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('a first visit stays within its limits (npm run size)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'techmart-size-'));
  const run = (...args: string[]) => execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe', env: { ...process.env, NODE_ENV: 'production' } });
  try {
    run('node_modules/vite/bin/vite.js', 'build', '--outDir', folder, '--emptyOutDir');
    // Exits with an error above a limit, with the table in the message.
    expect(run('tools/size.mjs', folder)).toContain('home');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
