// The table of metrics in docs/OBSERVABILITY.md, held to the source.

/** The rows by name: kind and labels. */
export function readCatalogue(text) {
  const rows = new Map();
  for (const match of text.matchAll(/^\| `(techmart_\w+)` \| (counter|gauge|histogram) \| ([^|]*) \|/gm)) {
    const labels = [...match[3].matchAll(/`([a-z_]+)`/g)].map((label) => label[1]);
    rows.set(match[1], { kind: match[2], labels: new Set(labels) });
  }
  return rows;
}

/** What differs between the table and the source, one line each. */
export function compareCatalogue(rows, metrics) {
  const wrong = [];
  for (const [name, metric] of metrics) {
    const row = rows.get(name);
    if (!row) {
      wrong.push(`docs/OBSERVABILITY.md lacks ${name} (${[...metric.files].join(', ')})`);
      continue;
    }
    if (row.kind !== metric.kind) wrong.push(`${name} is a ${metric.kind}, docs/OBSERVABILITY.md says ${row.kind}`);
    const [there, here] = [sorted(metric.labels), sorted(row.labels)];
    if (there !== here) wrong.push(`${name} has the labels [${there}], docs/OBSERVABILITY.md says [${here}]`);
  }
  for (const name of rows.keys()) if (!metrics.has(name)) wrong.push(`docs/OBSERVABILITY.md lists ${name}, which no source has`);
  return wrong;
}

function sorted(labels) {
  return [...labels].sort().join(', ');
}
