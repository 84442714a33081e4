// Finds the metrics in the source of the services: what stands in `counter!`, `gauge!` and `histogram!` outside tests.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Every metric by name.
 * @returns {Map<string, { kind: string, labels: Set<string>, files: Set<string> }>}
 */
export function findMetrics(root) {
  const metrics = new Map();
  for (const file of rustFiles(root)) {
    const text = withoutTests(readFileSync(file, 'utf8'));
    const add = (name, kind, labels) => {
      const metric = metrics.get(name) ?? { kind, labels: new Set(), files: new Set() };
      for (const label of labels) metric.labels.add(label);
      metric.files.add(path.relative(root, file));
      metrics.set(name, metric);
    };
    for (const { kind, args, before } of calls(text)) {
      const name = nameOf(args, text);
      if (name) add(name, kind, labelsOf(args, before));
    }
  }
  return metrics;
}

/** The bounds of the duration histograms, in milliseconds. */
export function bucketsMs(root) {
  for (const file of rustFiles(root)) {
    const list = /DURATION_BUCKETS_S: &\[f64\] = &\[([^\]]+)\]/.exec(readFileSync(file, 'utf8'));
    if (list)
      return list[1]
        .split(',')
        .filter((bound) => bound.trim() !== '')
        .map((bound) => Number((Number(bound) * 1000).toFixed(6)));
  }
  throw new Error('no source has DURATION_BUCKETS_S');
}

function* rustFiles(root) {
  for (const area of ['crates', 'services']) {
    for (const entry of readdirSync(path.join(root, area), { withFileTypes: true, recursive: true })) {
      const file = path.join(entry.parentPath ?? entry.path, entry.name);
      const inSource = path.relative(root, file).split(path.sep).includes('src');
      const isTest = /[\\/]tests?(\.rs$|[\\/])/.test(file) || /[\\/](testkit|xtask)[\\/]/.test(file);
      if (entry.isFile() && file.endsWith('.rs') && inSource && !isTest) yield file;
    }
  }
}

/** Tests inside a file stand at its end. */
function withoutTests(text) {
  const at = text.search(/#\[cfg\(test\)\]\s*mod \w+ \{/);
  return at < 0 ? text : text.slice(0, at);
}

function* calls(text) {
  for (const match of text.matchAll(/\b(counter|gauge|histogram)!\(/g)) {
    const from = match.index + match[0].length;
    let depth = 1;
    let to = from;
    for (; depth > 0 && to < text.length; to += 1) {
      if (text[to] === '(') depth += 1;
      if (text[to] === ')') depth -= 1;
    }
    yield { kind: match[1], args: text.slice(from, to - 1), before: text.slice(0, match.index) };
  }
}

/** `"kind" => kind`, or `&labels` of the `let labels = [("kind", kind)]` before it. */
function labelsOf(args, before) {
  const list = /,\s*&labels\s*$/.test(args) ? (/.*let labels = \[([^\]]*)\]/s.exec(before)?.[1] ?? '') : '';
  return [...args.matchAll(/"([a-z_]+)"\s*=>/g), ...list.matchAll(/\("([a-z_]+)",/g)].map((match) => match[1]);
}

/** The first argument: text, or the name of a constant of the same file. */
function nameOf(args, text) {
  const first = args.trim().split(/[,\s]/)[0];
  const literal = /^"(techmart_\w+)"$/.exec(first);
  if (literal) return literal[1];
  const constant = new RegExp(`const ${first.replace(/[^A-Z_]/g, '') || '-'}: &(?:'static )?str = "(techmart_\\w+)"`).exec(text);
  return constant?.[1] ?? null;
}
