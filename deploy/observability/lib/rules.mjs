// Reads rule files and their tests line by line. They keep one form: a key and its value on one line, or a `|` block.

/**
 * The alerts of a rule file.
 * @returns {{ name: string, severity?: string, summary?: string, runbook?: string }[]}
 */
export function alertsOf(text) {
  return rulesOf(text)
    .filter((rule) => rule.alert)
    .map((rule) => ({ name: rule.alert, severity: rule.severity, summary: rule.summary, runbook: rule.runbook_url }));
}

/** The names that recording rules of the file define. */
export function recordsOf(text) {
  return rulesOf(text)
    .filter((rule) => rule.record)
    .map((rule) => rule.record);
}

/** The expressions of the file with the rule they belong to. */
export function exprsOf(text) {
  return rulesOf(text).map((rule) => ({ name: rule.alert ?? rule.record, expr: rule.expr }));
}

function rulesOf(text) {
  const rules = [];
  let block = null;
  for (const line of text.split('\n')) {
    if (/^\s*(#.*)?$/.test(line)) continue;
    const indent = line.search(/\S/);
    if (block && indent > block.indent) {
      rules.at(-1)[block.key] += `${line.trim()}\n`;
      continue;
    }
    block = null;
    const pair = /^\s*(- )?(\w+): ?(.*)$/.exec(line);
    if (!pair) continue;
    const [, dash, key, value] = pair;
    if (dash && (key === 'alert' || key === 'record')) rules.push({});
    if (rules.length === 0 || key === 'name') continue;
    const rule = rules.at(-1);
    rule[key] = value === '|' ? '' : value.replace(/^'(.*)'$/, '$1');
    if (value === '|') block = { key, indent };
  }
  return rules;
}

/** How often each alert is expected to fire and to be quiet in the text of tests. */
export function expectations(text) {
  const counts = new Map();
  for (const match of text.matchAll(/alertname: (\w+)[^]*?exp_alerts:( \[\])?/g)) {
    const count = counts.get(match[1]) ?? { fires: 0, quiet: 0 };
    if (match[2]) count.quiet += 1;
    else count.fires += 1;
    counts.set(match[1], count);
  }
  return counts;
}
