import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('the types are those of the committed document (npm run api)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'techmart-api-'));
  const fresh = join(folder, 'schema.gen.ts');
  try {
    execFileSync(process.execPath, ['node_modules/openapi-typescript/bin/cli.js', '../openapi/techmart.json', '-o', fresh], { stdio: 'pipe' });
    expect(readFileSync('src/api/schema.gen.ts', 'utf8')).toBe(readFileSync(fresh, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);
