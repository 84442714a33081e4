// The gateway's configuration and the one process let through what the table says, as the edges in AWS do (routing.test.ts).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readText } from '../lib/repository.ts';
import { DEFAULTS, isParameter, loadRoutingTable, segmentsOf } from '../lib/routing/table.ts';

const table = loadRoutingTable();

/** One `location` with an upstream of the generated configuration. */
interface Location {
  readonly exact?: string;
  readonly pattern?: RegExp;
  readonly methods: RegExp;
  readonly service: string;
  readonly timeoutMs: number;
  readonly bodyKb: number;
}

function locationsOf(configuration: string): Location[] {
  const one = (body: string, expression: RegExp): string => {
    const found = expression.exec(body)?.[1];
    if (found === undefined) throw new Error(`no ${expression.source} in ${body}`);
    return found;
  };
  return [...configuration.matchAll(/^ {4}location (=|~) "?([^ "]+)"? \{\n([^]*?)\n {4}\}$/gm)]
    .filter(([, , , body = '']) => body.includes('proxy_pass'))
    .map(([, kind, path = '', body = '']) => ({
      ...(kind === '=' ? { exact: path } : { pattern: new RegExp(path) }),
      methods: new RegExp(one(body, /\$request_method !~ "([^"]+)"\) \{ return 405/)),
      service: one(body, /set \$tm_service (\w+);/),
      timeoutMs: Number(one(body, /proxy_read_timeout (\d+)ms;/)),
      bodyKb: Number(one(body, /client_max_body_size (\d+)k;/)),
    }));
}

const configuration = readText('docker/gateway/nginx.conf');
const locations = locationsOf(configuration);

/** Where nginx takes a path: an exact location, else the first pattern that fits. */
const locationOf = (path: string): Location | undefined =>
  locations.find(({ exact }) => exact === path) ?? locations.find(({ pattern }) => pattern?.test(path));

const example = (path: string): string =>
  `/${segmentsOf(path).map((segment) => (isParameter(segment) ? 'x1' : segment)).join('/')}`;

test('the gateway sends every route to its service, by its methods alone', () => {
  const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];
  for (const { path, service } of table.routes) {
    const location = locationOf(example(path));
    assert.equal(location?.service, service, path);
    const asked = table.routes.filter((route) => example(route.path) === example(path)).flatMap(({ methods }) => methods);
    const allowed = new Set([...asked, ...(asked.includes('GET') ? ['HEAD'] : [])]);
    for (const method of METHODS) assert.equal(location?.methods.test(method), allowed.has(method), `${method} ${path}`);
  }
});

test('it waits as long and takes bodies as large', () => {
  for (const { path } of table.routes) {
    const same = table.routes.filter((route) => example(route.path) === example(path));
    const location = locationOf(example(path));
    assert.equal(location?.timeoutMs, Math.max(...same.map(({ timeout_ms }) => timeout_ms)), path);
    assert.equal(location?.bodyKb, Math.max(...same.map(({ body_limit_kb }) => body_limit_kb)), path);
  }
});

test('it has no other way to a service', () => {
  const paths = new Set(table.routes.map(({ path }) => path.replaceAll(/\{\w+\}/g, '{}')));
  assert.equal(locations.length, paths.size);
  assert.equal(configuration.match(/proxy_pass /g)?.length, locations.length);
  for (const path of ['/api/v1/unknown', '/api/v2/products', '/api/v1/admin/unknown', '/metrics']) assert.equal(locationOf(path), undefined, path);
});

test('the programs are built from the same files, with the same defaults', () => {
  const routes = readText('crates/edge/src/routes.rs');
  assert.ok(routes.includes('include_str!("../../../deploy/routes.toml")'));
  const rust = (name: string): number => Number(new RegExp(`fn default_${name}\\(\\) -> u32 \\{\\s*([\\d_]+)`).exec(routes)?.[1]?.replaceAll('_', ''));
  assert.deepEqual(DEFAULTS, { timeout_ms: rust('timeout_ms'), body_limit_kb: rust('body_limit_kb') });
  assert.ok(readText('crates/edge/src/headers.rs').includes('include_str!("../../../deploy/headers.toml")'));
});

test('the gateway drops the headers that the file names', () => {
  const dropped = [...configuration.matchAll(/^ {2}proxy_set_header (\S+) "";$/gm)].map(([, name]) => name);
  for (const name of (/stripped = \[([^\]]+)\]/.exec(readText('deploy/headers.toml'))?.[1] ?? '').matchAll(/"([^"]+)"/g)) {
    assert.ok(dropped.includes(name[1]), name[1]);
  }
});
