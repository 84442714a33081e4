// Says whether YAML can be parsed: with PyYAML (PYTHON names a Python that has it), or js-yaml where the pages' development packages are installed.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const PYTHON = process.env.PYTHON || 'python3';

/** A function from a file to its fault or null; null where there is no parser. */
export function findYamlParser(root) {
  if (spawnSync(PYTHON, ['-c', 'import yaml']).status === 0) {
    return (file) => {
      const run = spawnSync(PYTHON, ['-c', 'import sys, yaml; list(yaml.safe_load_all(open(sys.argv[1])))', file], { encoding: 'utf8' });
      return run.status === 0 ? null : run.stderr.trim().split('\n').slice(-4).join(' ');
    };
  }
  try {
    const { loadAll } = createRequire(path.join(root, 'web/package.json'))('js-yaml');
    return (file) => {
      try {
        loadAll(readFileSync(file, 'utf8'));
        return null;
      } catch (error) {
        return error.message;
      }
    };
  } catch {
    return null;
  }
}
