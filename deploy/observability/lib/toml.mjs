// Reads the part of TOML that slo.toml uses: `key = value` with strings, numbers and booleans on one line, and arrays of
// tables. Anything else is an error, so that nothing is read wrongly.

/** The document as an object; throws with the number of the line that cannot be read. */
export function parseToml(text) {
  const root = {};
  let table = root;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = withoutComment(raw).trim();
    if (line === '') continue;
    const header = /^\[\[(\w+)\]\]$/.exec(line);
    if (header) {
      table = {};
      (root[header[1]] ??= []).push(table);
      continue;
    }
    const pair = /^(\w+)\s*=\s*(.+)$/.exec(line);
    if (!pair || pair[1] in table) throw new Error(`line ${index + 1} cannot be read: ${raw}`);
    table[pair[1]] = parseValue(pair[2], index + 1);
  }
  return root;
}

function parseValue(text, line) {
  if (/^"[^"\\]*"$/.test(text)) return text.slice(1, -1);
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  throw new Error(`line ${line}: not a value: ${text}`);
}

function withoutComment(line) {
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '"') quoted = !quoted;
    if (line[at] === '#' && !quoted) return line.slice(0, at);
  }
  return line;
}
