// Path patterns of a load balancer that send each route of the table to its service.
//
// A listener has at most 100 rules and a rule at most five values, so patterns name the shortest prefixes below which
// everything belongs to one service. `*` also matches `/`, which is why no prefix may hold two services.

import { isParameter, segmentsOf, type Route } from './table.ts';

/** Patterns with one target. */
export interface PathRule {
  readonly service: string;
  /** Lower ones are asked first. */
  readonly priority: number;
  readonly patterns: readonly string[];
}

/** AWS allows so many condition values in one rule. */
export const VALUES_PER_RULE = 5;

interface Node {
  readonly children: Map<string, Node>;
  /** Whose route ends here. */
  service?: string;
}

/** A pattern on its way into a rule. */
interface Found {
  readonly pattern: string;
  readonly service: string;
  /** Segments down to the pattern's end, where it leads through a parameter; such patterns may cover literal ones. */
  readonly wildDepth?: number;
}

/** The rules for `routes`: literal paths first, then those through a parameter, the deeper the sooner. */
export function pathRules(routes: readonly Pick<Route, 'path' | 'service'>[]): PathRule[] {
  const found = [...tree(routes).children].flatMap(([segment, node]) => patternsOf(`/${segment}`, node));
  const rank = ({ wildDepth }: Found): number => (wildDepth === undefined ? -Infinity : -wildDepth);
  const ranks = [...new Set(found.map(rank))].sort((a, b) => a - b);
  const rules = ranks.flatMap((each) => packed(found.filter((one) => rank(one) === each)));
  return rules.map((rule, index) => ({ ...rule, priority: (index + 1) * 10 }));
}

/** Patterns of one rank in rules of as many values as a rule may hold. */
function packed(found: readonly Found[]): Omit<PathRule, 'priority'>[] {
  return [...new Set(found.map(({ service }) => service))].flatMap((service) => {
    const patterns = found.filter((one) => one.service === service).map(({ pattern }) => pattern);
    const count = Math.ceil(patterns.length / VALUES_PER_RULE);
    return Array.from({ length: count }, (_, at) => ({
      service,
      patterns: patterns.slice(at * VALUES_PER_RULE, (at + 1) * VALUES_PER_RULE),
    }));
  });
}

function tree(routes: readonly Pick<Route, 'path' | 'service'>[]): Node {
  const root: Node = { children: new Map() };
  for (const { path, service } of routes) {
    let node = root;
    for (const segment of segmentsOf(path)) {
      const key = isParameter(segment) ? '*' : segment;
      const next = node.children.get(key) ?? { children: new Map() };
      node.children.set(key, next);
      node = next;
    }
    if (node.service !== undefined && node.service !== service) throw new Error(`${path} has two services`);
    node.service = service;
  }
  return root;
}

function patternsOf(path: string, node: Node): Found[] {
  const owners = ownersOf(node);
  const [owner] = owners;
  const wild = path.includes('*') ? { wildDepth: segmentsOf(path).length } : {};
  const own: Found[] = node.service === undefined ? [] : [{ pattern: path, service: node.service, ...wild }];
  if (owner !== undefined && owners.size === 1) {
    return node.children.size === 0 ? own : [...own, { pattern: `${path}/*`, service: owner, ...wild }];
  }
  return [...own, ...[...node.children].flatMap(([segment, child]) => patternsOf(`${path}/${segment}`, child))];
}

function ownersOf(node: Node): Set<string> {
  const owners = new Set(node.service === undefined ? [] : [node.service]);
  for (const child of node.children.values()) for (const owner of ownersOf(child)) owners.add(owner);
  return owners;
}
