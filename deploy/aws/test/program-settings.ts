// The settings of the services, read from their sources: the structures into which `common::config` loads them.

import { readdirSync } from 'node:fs';
import { parse } from 'smol-toml';
import { pathOf, readText } from '../lib/repository.ts';

/** A setting that a program knows. */
export interface Setting {
  /** Section and key, as in `db.url`. */
  readonly path: string;
  /** The program does not start without it. */
  readonly required: boolean;
  /** What it is when nothing is said. */
  readonly default?: unknown;
}

interface Field {
  readonly name: string;
  readonly type: string;
  /** It may be left out. */
  readonly optional: boolean;
}

const SHARED = ['crates/common/src/config/fragments.rs', 'crates/mail/src/settings.rs'];

/** The settings of a service. */
export function settingsOfService(service: string): Setting[] {
  const folder = `services/${service}/src`;
  // The file with the whole structure comes last and wins.
  const files = [...SHARED, ...rustFiles(folder), `${folder}/config.rs`];
  const structs = new Map(files.flatMap((file) => structsIn(readText(file))));
  const defaults = merged(parse(readText('crates/common/src/config/defaults.toml')), parse(defaultsOf(folder)));
  return settingsIn('Settings', structs, defaults, '', false);
}

/** Those that every program knows, though none has them among its own. */
export function settingsOfPlumbing(): Setting[] {
  const structs = new Map(SHARED.flatMap((file) => structsIn(readText(file))));
  const defaults = tableOf(parse(readText('crates/common/src/config/defaults.toml')), 'cloudwatch');
  return settingsIn('CloudWatchSettings', structs, defaults, 'cloudwatch.', false);
}

/** The setting that a variable of a unit that mounts `services` names: whose it is, and its path. */
export function settingOf(variable: string): { owner: string | undefined; path: string } | undefined {
  const found = /^TECHMART_(?:([A-Z]+)_)?_(\w+)$/.exec(variable);
  return found?.[2] === undefined ? undefined : { owner: found[1]?.toLowerCase(), path: found[2].toLowerCase().replaceAll('__', '.') };
}

function rustFiles(folder: string): string[] {
  const entries = readdirSync(pathOf(folder), { recursive: true, encoding: 'utf8' });
  return entries.filter((name) => name.endsWith('.rs')).sort().map((name) => `${folder}/${name}`);
}

/** The text of `DEFAULTS`: in the source itself, or in a file beside it. */
function defaultsOf(folder: string): string {
  const source = readText(`${folder}/config.rs`);
  const inside = /pub const DEFAULTS: &str = r#"([^]*?)"#;/.exec(source)?.[1];
  const beside = /pub const DEFAULTS: &str = include_str!\("([^"]+)"\);/.exec(source)?.[1];
  if (inside !== undefined) return inside;
  if (beside === undefined) throw new Error(`${folder}/config.rs has no DEFAULTS`);
  return readText(`${folder}/${beside}`);
}

function structsIn(source: string): [name: string, fields: Field[]][] {
  const ATTRIBUTES = String.raw`((?:[ \t]*(?:///|#\[)[^\n]*\n)*)`;
  const struct = new RegExp(`${ATTRIBUTES}pub struct (\\w+) \\{\\n([^]*?)\\n\\}`, 'g');
  const field = new RegExp(`${ATTRIBUTES}[ \\t]*pub (\\w+): ([^\\n]+),`, 'g');
  const hasDefault = (attributes: string): boolean => /serde\([^)]*\bdefault\b/.test(attributes);
  return [...source.matchAll(struct)].map(([, above = '', name = '', body = '']) => [
    name,
    [...`${body}\n`.matchAll(field)].map(([, attributes = '', key = '', type = '']) => ({
      name: key,
      type: type.replace(/^Option<(.*)>$/, '$1'),
      optional: hasDefault(above) || hasDefault(attributes) || type.startsWith('Option<'),
    })),
  ]);
}

type Table = Record<string, unknown>;

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tableOf(table: Table, key: string): Table {
  const value = table[key];
  return isTable(value) ? value : {};
}

function merged(below: Table, above: Table): Table {
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries(
    [...keys].map((key) => {
      const [low, high] = [below[key], above[key]];
      return [key, isTable(low) && isTable(high) ? merged(low, high) : (high ?? low)];
    }),
  );
}

function settingsIn(struct: string, structs: ReadonlyMap<string, Field[]>, defaults: Table, prefix: string, optional: boolean): Setting[] {
  return (structs.get(struct) ?? []).flatMap((field): Setting[] => {
    const path = `${prefix}${field.name}`;
    const free = optional || field.optional;
    if (structs.has(field.type)) return settingsIn(field.type, structs, tableOf(defaults, field.name), `${path}.`, free);
    const value = defaults[field.name];
    return [{ path, required: !free && value === undefined, ...(value === undefined ? {} : { default: value }) }];
  });
}
