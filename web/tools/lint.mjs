// The rules of docs/STYLE.md that the linter cannot know: import zones, colours by name only, file length.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const WEB = fileURLToPath(new URL('..', import.meta.url));
const SRC = join(WEB, 'src');
const LINES_MAX = 300;
/** What each zone may import from, besides itself. */
const ALLOWED = {
  api: ['lib'],
  lib: ['api'],
  ui: ['lib', 'api'],
  features: ['ui', 'lib', 'api'],
  routes: ['features', 'ui', 'lib', 'api'],
  app: ['routes', 'features', 'ui', 'lib', 'api'],
};
const COLOUR = /#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|color-mix)\(\s*[\d.]/i;
const IMPORT = /\bfrom\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|^import\s+'([^']+)'/gm;

const problems = [];

function zoneOf(file) {
  const [zone, feature] = relative(SRC, file).split(/[\\/]/);
  return { zone, feature: zone === 'features' ? feature : null };
}

function checkImports(file, text) {
  const from = zoneOf(file);
  for (const match of text.matchAll(IMPORT)) {
    const path = match[1] ?? match[2] ?? match[3];
    if (!path.startsWith('.') && !path.startsWith('@/')) continue;
    const to = zoneOf(path.startsWith('@/') ? join(SRC, path.slice(2)) : resolve(dirname(file), path));
    const name = relative(WEB, file);
    if (to.zone !== from.zone && !ALLOWED[from.zone]?.includes(to.zone)) problems.push(`${name}: ${from.zone} may not import ${to.zone} (${path})`);
    if (to.zone === 'features' && from.zone === 'features' && to.feature !== from.feature) problems.push(`${name}: a feature may not import another (${path})`);
  }
}

function checkFile(file) {
  const name = relative(WEB, file);
  if (name.endsWith('.gen.ts')) return;
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n');
  if (lines.length > LINES_MAX + 1) problems.push(`${name}: ${lines.length - 1} lines, at most ${LINES_MAX}`);
  checkImports(file, text);
  if (name.endsWith('tokens.css')) return;
  for (const [index, line] of lines.entries()) {
    if (COLOUR.test(line.replaceAll(/(['"`])#[\w-]+\1|`#\$\{/g, ''))) problems.push(`${name}:${index + 1}: a raw colour; name a token of src/app/tokens.css`);
  }
}

for (const entry of readdirSync(SRC, { recursive: true, withFileTypes: true })) {
  if (entry.isFile() && /\.(ts|tsx|css)$/.test(entry.name)) checkFile(join(entry.parentPath, entry.name));
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log('zones, colours and lengths are in order');
