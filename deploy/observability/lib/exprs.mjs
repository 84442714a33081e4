// Which metrics and labels an expression of PromQL names.

/** Labels that Prometheus, the scrape configuration or the histogram adds. */
const ADDED = new Set(['service', 'instance', 'job', 'le']);

/**
 * What an expression names that is not known, one line each.
 * @param {string} expr
 * @param {Map<string, { kind: string, labels: Set<string> }>} metrics those of the catalogue
 * @param {Set<string>} recorded names of recording rules
 */
export function unknownIn(expr, metrics, recorded) {
  const wrong = [];
  const bare = expr.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const carried = new Set(ADDED);
  let [ours, others] = [false, false];
  for (const match of bare.matchAll(/\b(techmart[\w:]*)(\{[^}]*\})?/g)) {
    const [, name, matchers = ''] = match;
    if (recorded.has(name)) {
      others = true;
      continue;
    }
    const metric = metricOf(name, metrics);
    if (!metric) {
      wrong.push(`there is no metric ${name}`);
      continue;
    }
    ours = true;
    for (const label of metric.labels) carried.add(label);
    for (const [, label] of matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)) {
      if (!ADDED.has(label) && !metric.labels.has(label)) wrong.push(`${name} has no label ${label}`);
    }
  }
  // What a recorded series carries stands in its rule; those are tested as a whole.
  const lost = ours && !others ? groupsOf(bare).filter((label) => !carried.has(label)) : [];
  return [...wrong, ...lost.map((label) => `nothing named has the label ${label}`)];
}

/** The labels by which an expression groups or joins. */
function groupsOf(bare) {
  return [...bare.matchAll(/\b(?:by|on|group_left|group_right)\s*\(([^)]*)\)/g)].flatMap(([, list]) => list.match(/\w+/g) ?? []);
}

/** A histogram is asked by its three series, everything else by its name. */
function metricOf(name, metrics) {
  const metric = metrics.get(name);
  if (metric) return metric.kind === 'histogram' ? undefined : metric;
  const base = metrics.get(name.replace(/_(bucket|sum|count)$/, ''));
  return base?.kind === 'histogram' ? base : undefined;
}
