// Checks everything about observability that can be checked without running it; see README.md.
//
//   node deploy/observability/check.mjs             skips what lacks a tool, and counts it
//   node deploy/observability/check.mjs --strict    what is skipped fails

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { drifted } from './generate.mjs';
import { dashboardChoices, dashboardExprs } from './grafana/source/dashboard.mjs';
import { judgeAddresses } from './lib/addresses.mjs';
import { compareCatalogue, readCatalogue } from './lib/catalogue.mjs';
import { unknownIn } from './lib/exprs.mjs';
import { findPromtool, parseExprs, promtool } from './lib/promtool.mjs';
import { alertsOf, expectations, exprsOf, recordsOf } from './lib/rules.mjs';
import { judgeNames, judgeRunbooks, queriesOf } from './lib/runbooks.mjs';
import { bucketsMs, findMetrics } from './lib/rust-metrics.mjs';
import { judgeSlos, readSlos } from './lib/slo.mjs';
import { findYamlParser } from './lib/yaml.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.resolve(HERE, '../..');
const strict = process.argv.includes('--strict');
const done = { passed: 0, failed: 0, skipped: 0 };

const rules = texts(path.join(HERE, 'prometheus/rules'), '.yml');
const tests = texts(path.join(HERE, 'prometheus/tests'), '.test.yml');
const runbooks = texts(path.join(ROOT, 'docs/runbooks'), '.md');
const dashboards = new Map([...texts(path.join(HERE, 'grafana/dashboards'), '.json')].map(([name, text]) => [name, JSON.parse(text)]));
const handbook = readFileSync(path.join(ROOT, 'docs/OBSERVABILITY.md'), 'utf8');
const catalogue = readCatalogue(handbook);
const recorded = new Set([...rules.values()].flatMap(recordsOf));
const alerts = [...rules.values()].flatMap(alertsOf);
const shown = [...dashboards].flatMap(([name, dashboard]) => dashboardExprs(dashboard).map((expr) => ({ name, expr })));
const chosen = [...dashboards].flatMap(([name, dashboard]) => dashboardChoices(dashboard).map((expr) => ({ name, expr })));
const asked = [...runbooks].flatMap(([name, text]) => queriesOf(text).map((expr) => ({ name: `docs/runbooks/${name}`, expr })));

check('objectives', () => judgeSlos(readSlos(path.join(HERE, 'slo.toml')), bucketsMs(ROOT)));
check('generated files', () => drifted().map((name) => `${name}: run \`node deploy/observability/generate.mjs\``));
check('metric catalogue', () => compareCatalogue(catalogue, findMetrics(ROOT)));
check('metrics in rules', () =>
  [...rules].flatMap(([name, text]) =>
    exprsOf(text).flatMap((rule) => unknownIn(rule.expr, catalogue, recorded).map((fault) => `${name}: ${rule.name}: ${fault}`)),
  ),
);
check('metrics in dashboards and runbooks', () =>
  [...shown, ...chosen, ...asked].flatMap(({ name, expr }) => unknownIn(expr, catalogue, recorded).map((fault) => `${name}: ${fault} in ${expr}`)),
);
check('each metric is on a dashboard', () => {
  const all = shown.map(({ expr }) => expr).join('\n');
  return [...catalogue.keys()].filter((name) => !new RegExp(`\\b${name}(_bucket|_sum|_count)?\\b`).test(all) && !recordedFrom(name));
});
check('addresses of the compose profile', () => judgeAddresses(HERE));
check('alerts and runbooks', () => judgeRunbooks(alerts, runbooks));
check('names in runbooks', () => [...runbooks].flatMap(([name, text]) => judgeNames(ROOT, `docs/runbooks/${name}`, text)));
check('each alert is tested both ways', untested);

const yaml = findYamlParser(ROOT);
const yamlFiles = readdirSync(HERE, { recursive: true }).filter((name) => name.endsWith('.yml'));
checkWith(yaml, 'YAML', 'PyYAML or js-yaml', () => yamlFiles.flatMap((name) => yaml(path.join(HERE, name))?.concat(` in ${name}`) ?? []));

const program = findPromtool();
const say = (fault) => (fault ? [fault] : []);
checkWith(program, 'promtool check config', 'promtool', () =>
  say(promtool(program, ['check', 'config', '--lint-fatal', 'prometheus.yml'], path.join(HERE, 'prometheus'))),
);
checkWith(program, 'promtool test rules', 'promtool', () =>
  say(promtool(program, ['test', 'rules', ...tests.keys()], path.join(HERE, 'prometheus/tests'))),
);
checkWith(program, 'expressions of dashboards and runbooks', 'promtool', () =>
  say(
    parseExprs(
      program,
      [...shown, ...chosen, ...asked].map(({ expr }) => expr),
    ),
  ),
);

const alertNames = new Set(alerts.map((alert) => alert.name));
console.log(
  `${alertNames.size} alerts, ${recorded.size} recorded series, ${dashboards.size} dashboards with ${shown.length} expressions, ${catalogue.size} metrics`,
);
console.log(`observability: ${done.passed} passed, ${done.failed} failed, ${done.skipped} skipped`);
process.exitCode = done.failed > 0 || (strict && done.skipped > 0) ? 1 : 0;

function check(title, run) {
  const faults = run();
  done[faults.length === 0 ? 'passed' : 'failed'] += 1;
  console.log(`${faults.length === 0 ? 'ok     ' : 'FAILED '} ${title}`);
  for (const fault of faults) console.log(`        ${fault}`);
}

function checkWith(tool, title, need, run) {
  if (tool) {
    check(title, run);
  } else {
    done.skipped += 1;
    console.log(`skipped ${title}: needs ${need}`);
  }
}

/** Whether a recording rule stands for the metric. */
function recordedFrom(name) {
  return [...rules.values()].some((text) => exprsOf(text).some((rule) => recorded.has(rule.name) && rule.expr.includes(name)));
}

function untested() {
  const counts = expectations([...tests.values()].join('\n'));
  return [...new Set(alerts.map((alert) => alert.name))].flatMap((name) => {
    const { fires = 0, quiet = 0 } = counts.get(name) ?? {};
    return fires > 0 && quiet > 0 ? [] : [`${name}: ${fires} tests in which it fires, ${quiet} in which it does not`];
  });
}

function texts(folder, ending) {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort();
  return new Map(names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
}
