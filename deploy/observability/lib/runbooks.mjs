// Runbooks: one for each alert, with the same sections, naming only what exists.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { kebab } from './slo.mjs';

const SECTIONS = ['What it means', 'Who is hurt', 'Look first', 'Mend', 'Afterwards'];

/** What is wrong between alerts and runbooks, each said once. `files` are the names below docs/runbooks with their texts. */
export function judgeRunbooks(alerts, files) {
  const wrong = [];
  const index = files.get('README.md') ?? '';
  for (const alert of alerts) {
    const name = `${kebab(alert.name)}.md`;
    if (alert.runbook !== `docs/runbooks/${name}`) wrong.push(`${alert.name}: the runbook must be docs/runbooks/${name}`);
    if (!files.has(name)) wrong.push(`${alert.name} has no docs/runbooks/${name}`);
    if (!['page', 'ticket'].includes(alert.severity)) wrong.push(`${alert.name}: severity must be page or ticket`);
    if (!alert.summary) wrong.push(`${alert.name} has no summary`);
  }
  const expected = new Set(alerts.map((alert) => `${kebab(alert.name)}.md`));
  for (const [name, text] of files) {
    if (name === 'README.md') continue;
    if (!expected.has(name)) wrong.push(`docs/runbooks/${name} belongs to no alert`);
    if (!index.includes(`](${name})`)) wrong.push(`docs/runbooks/README.md does not list ${name}`);
    const sections = [...text.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    if (sections.join() !== SECTIONS.join()) wrong.push(`docs/runbooks/${name}: the sections must be ${SECTIONS.join(', ')}`);
    if (!/^## Afterwards\n\nOver (when|with) /m.test(text)) {
      wrong.push(`docs/runbooks/${name}: "Afterwards" must begin with how one sees that it is over: "Over when …"`);
    }
  }
  return [...new Set(wrong)];
}

/** What a document names that does not exist: tables, paths of the API, subcommands. */
export function judgeNames(root, name, text) {
  const wrong = [];
  const schema = readFileSync(path.join(root, 'docs/schema.sql'), 'utf8');
  for (const [, sql] of text.matchAll(/```sql\n([^]*?)```/g)) {
    for (const [, table] of sql.matchAll(/\b(?:from|join)\s+((?:auth|catalog|cart|checkout|orders|search)\.[a-z_]+)\b(?!\()/g)) {
      if (!schema.includes(`create table ${table} (`)) wrong.push(`${name}: there is no table ${table}`);
    }
  }
  const paths = Object.keys(JSON.parse(readFileSync(path.join(root, 'openapi/techmart.json'), 'utf8')).paths);
  for (const [, asked] of text.matchAll(/`(?:GET|POST|PATCH|PUT|DELETE) (\/api\/v1\/[^\s`?]+)/g)) {
    if (!paths.includes(asked)) wrong.push(`${name}: there is no path ${asked}`);
  }
  for (const { program, words } of commandsOf(text)) {
    const known = variants(root, program);
    for (const word of words) if (!known.has(word)) wrong.push(`${name}: techmart-${program} has no command ${word}`);
  }
  return wrong;
}

/** The queries for Prometheus that a text shows. */
export function queriesOf(text) {
  return [...text.matchAll(/```promql\n([^]*?)```/g)].map((match) => match[1].trim());
}

/** Commands in code: `techmart-catalog stock reconcile` is the program `catalog` with two words. */
function* commandsOf(text) {
  const code = [...text.matchAll(/```sh\n([^]*?)```|`([^`\n]+)`/g)].map((match) => match[1] ?? match[2]).join('\n');
  for (const match of code.matchAll(/techmart-(auth|cart|catalog|checkout|orders|search|migrate)((?: [a-z][a-z-]+)+)/g)) {
    yield { program: match[1], words: match[2].trim().split(' ') };
  }
}

/** The subcommands of a program: variants of clap's enumerations of commands. `RollBack` is `roll-back`. */
function variants(root, program) {
  const own = program === 'migrate' ? 'crates/schema/src' : `services/${program}/src`;
  const files = readdirSync(path.join(root, own), { recursive: true })
    .filter((name) => name.endsWith('.rs'))
    .map((name) => path.join(own, name));
  const names = new Set();
  for (const file of [...files, ...(program === 'migrate' ? [] : ['crates/common/src/cli.rs'])]) {
    const text = readFileSync(path.join(root, file), 'utf8');
    for (const [, body] of text.matchAll(/enum \w*Command(?:<[^>]*>)? \{\n([^]*?)\n\}/g)) {
      for (const [, variant] of body.matchAll(/^ {4}([A-Z]\w*)/gm)) names.add(kebab(variant));
    }
  }
  return names;
}
