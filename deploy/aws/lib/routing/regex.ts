// Regular expressions over request paths, as AWS WAF takes them.

import { isParameter, segmentsOf, type Route } from './table.ts';

/** AWS WAF takes no longer expression. */
export const REGEX_LENGTH_MAX = 512;

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** The path of a route as an expression without anchors. */
const regexOf = (path: string): string =>
  segmentsOf(path)
    .map((segment) => `/${isParameter(segment) ? '[^/]+' : escape(segment)}`)
    .join('');

/** Routes that share their methods, in as few expressions as their length allows. */
export function regexesByMethods(routes: readonly Route[]): { methods: string[]; regexes: string[] }[] {
  const groups = new Map<string, Route[]>();
  for (const route of routes) {
    const key = [...route.methods].sort().join(' ');
    groups.set(key, [...(groups.get(key) ?? []), route]);
  }
  return [...groups].map(([key, group]) => ({
    methods: key.split(' '),
    regexes: packed(group.map((route) => regexOf(route.path))),
  }));
}

function packed(alternatives: readonly string[]): string[] {
  const joined = (parts: readonly string[]): string => `^(${parts.join('|')})$`;
  const packs: string[][] = [[]];
  for (const alternative of alternatives) {
    const last = packs.at(-1) ?? [];
    if (joined([...last, alternative]).length <= REGEX_LENGTH_MAX) last.push(alternative);
    else packs.push([alternative]);
  }
  return packs.map(joined);
}
