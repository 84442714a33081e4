// The routing table `deploy/routes.toml`: the one place that says which path belongs to which service.

import { readToml } from '../repository.ts';

/** How often one client address may ask. */
export interface RateClass {
  readonly name: string;
  /** The steady rate. */
  readonly per_minute: number;
  /** Requests above the steady rate that are let through at once. */
  readonly burst: number;
}

/** One path with the methods that share its limits. */
export interface Route {
  /** `{name}` stands for one segment. */
  readonly path: string;
  readonly methods: readonly string[];
  readonly service: string;
  readonly rate_class: string;
  /** The gateway gives up after this, in milliseconds. */
  readonly timeout_ms: number;
  /** The largest request body, in KiB. */
  readonly body_limit_kb: number;
}

/** The whole table. */
export interface RoutingTable {
  readonly rateClasses: readonly RateClass[];
  readonly routes: readonly Route[];
}

/** What a route has that does not say otherwise; the same as in `crates/edge/src/routes.rs`. */
export const DEFAULTS = { timeout_ms: 10_000, body_limit_kb: 16 };

interface TableFile {
  readonly rate_class: RateClass[];
  readonly route: (Omit<Route, keyof typeof DEFAULTS> & Partial<Route>)[];
}

/** The table as the file has it. */
export function loadRoutingTable(): RoutingTable {
  const file = readToml<TableFile>('deploy/routes.toml');
  return {
    rateClasses: file.rate_class,
    routes: file.route.map((route) => ({ ...DEFAULTS, ...route })),
  };
}

/** The names of the services, in the order of the table. */
export const servicesOf = (table: RoutingTable): string[] => [...new Set(table.routes.map((route) => route.service))];

/** True for `{name}`. */
export const isParameter = (segment: string): boolean => segment.startsWith('{');

/** The segments of a path: `/a/{b}` gives `a` and `{b}`. */
export const segmentsOf = (path: string): string[] => path.split('/').slice(1);
