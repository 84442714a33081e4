// Whether the programs of the compose profile `observability` look for each other where they listen.

import { readFileSync } from 'node:fs';
import path from 'node:path';

/** What each program listens on: ports in these files, and those that it takes by itself. */
const LISTENERS = {
  'otel-collector': { files: ['otel/collector.yml', 'otel/spanmetrics.yml'], own: [] },
  tempo: { files: ['tempo/tempo.yml'], own: [] },
  prometheus: { files: [], own: [9090] },
};

/** Files with addresses of others, from here and from the root of the repository. */
const CALLERS = [
  'otel/collector.yml',
  'otel/spanmetrics.yml',
  'prometheus/prometheus.yml',
  'grafana/provisioning/datasources/datasources.yml',
  '../../docker-compose.yml',
  '../../docs/OBSERVABILITY.md',
  '../../docs/CONTAINERS.md',
];

/**
 * Addresses at which nothing listens, one line each.
 * @param {string} here the folder of these files
 */
export function judgeAddresses(here) {
  const read = (file) => readFileSync(path.join(here, file), 'utf8');
  const names = Object.keys(LISTENERS);
  const open = new Map(names.map((name) => [name, [...LISTENERS[name].own, ...LISTENERS[name].files.flatMap((file) => portsOf(read(file)))]]));
  const address = new RegExp(`(?<![\\w./-])(?:http://)?(${names.join('|')}):(\\d+)`, 'g');
  return CALLERS.flatMap((file) =>
    [...read(file).matchAll(address)]
      .filter(([, name, port]) => !open.get(name).includes(Number(port)))
      .map(([, name, port]) => `${path.join(here, file)}: ${name} does not listen on ${port}, only on ${open.get(name).join(', ')}`),
  );
}

/** `0.0.0.0:4318`, `http_listen_port: 3200`, and `port: 8888` below `host: 0.0.0.0`. */
function portsOf(text) {
  return [...text.matchAll(/\b0\.0\.0\.0:(\d+)|^\s*http_listen_port: (\d+)|^\s*host: 0\.0\.0\.0\n\s*port: (\d+)/gm)].map((match) =>
    Number(match[1] ?? match[2] ?? match[3]),
  );
}
