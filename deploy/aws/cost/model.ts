// What the shop costs: what stands ready each month, and what each million orders adds.

import type { Environment, ServiceSize } from '../config/types.ts';
import { ENDPOINTS } from '../lib/stacks/network.ts';
import { managedRules } from '../lib/edge/waf-rules.ts';
import type { RoutingTable } from '../lib/routing/table.ts';
import { ZONES } from '../config/defaults.ts';
import { HOURS, PRICES } from './prices.ts';

/** What one placed order stands for. An assumption (2.5 % conversion, some eight pages a visit): change it here. */
const MIX = {
  /** Requests to the API for one order. */
  products: 150,
  lists: 100,
  searches: 50,
  cartChanges: 8,
  purchase: 3,
  /** Files of pages that CloudFront serves from its cache, and what all answers weigh, in KB each. */
  files: 80,
  apiKb: 3,
  fileKb: 15,
  /** Processor time of all services for one order, in ms: `cargo xtask drill capacity`, added up in docs/operations/scaling.md. */
  serviceCpuMs: 152,
} as const;

/** How busy tasks may be on average. */
const UTILISATION = 0.5;
/** vCPU to GiB of a task. */
const GIB_PER_VCPU = 2;

/** Requests to the API for one order. */
export const REQUESTS = MIX.products + MIX.lists + MIX.searches + MIX.cartChanges + MIX.purchase;

/** A line of a bill. */
export interface Line {
  readonly what: string;
  readonly usd: number;
}

export const sum = (lines: readonly Line[]): number => lines.reduce((total, { usd }) => total + usd, 0);

const task = ({ cpu, memoryMib }: Pick<ServiceSize, 'cpu' | 'memoryMib'>): number =>
  HOURS * ((cpu / 1024) * PRICES.fargate.vcpu + (memoryMib / 1024) * PRICES.fargate.gib);

/** Tasks alone: so many programs with so many tasks of a quarter vCPU and half a GiB. */
export const tasksOnly = (programs: number, each: number): number => programs * each * task({ cpu: 256, memoryMib: 512 });

/** What a million orders adds to the edge, by the way that shoppers' requests take. */
export function edgePerMillionOrders(way: Environment['shoppers']): Line[] {
  const files = { what: 'CloudFront: files', usd: MIX.files * PRICES.cloudFront.million };
  const gb = REQUESTS * MIX.apiKb + MIX.files * MIX.fileKb;
  const shared = [
    { what: 'CloudFront: API', usd: REQUESTS * PRICES.cloudFront.million },
    files,
    { what: 'CloudFront: traffic', usd: gb * PRICES.cloudFront.gb },
    { what: 'WAF', usd: (REQUESTS + MIX.files) * PRICES.waf.million },
  ];
  if (way === 'vpc-origin') return shared;
  return [
    ...shared,
    { what: 'REST API', usd: REQUESTS * PRICES.restApiMillion },
    { what: 'REST API: access logs', usd: REQUESTS * PRICES.apiLogMillion },
    { what: 'WAF of the REST API', usd: REQUESTS * PRICES.waf.million },
  ];
}

/** Processor time of the services for a million orders, at the price of the tasks that it fills. */
export function computePerMillionOrders(): Line {
  const vcpuHours = (MIX.serviceCpuMs * 1e6) / 1000 / 3600 / UTILISATION;
  return { what: 'Fargate', usd: vcpuHours * (PRICES.fargate.vcpu + GIB_PER_VCPU * PRICES.fargate.gib) };
}

/** X-Ray, where a share of the requests leaves a trace. */
export const tracesPerMillionOrders = (share: number): Line => ({
  what: `X-Ray: ${share * 100} % of the requests`,
  usd: REQUESTS * share * PRICES.tracesMillion,
});

/** What stands ready in an environment, each month, without peaks and without traffic. */
export function monthly(environment: Environment, units: readonly string[], table: RoutingTable): Line[] {
  const { network, database, cache, openSearch, services } = environment;
  const price = (prices: Record<string, number>, name: string): number => {
    const found = prices[name];
    if (found === undefined) throw new Error(`no price for ${name}`);
    return found * HOURS;
  };
  const tasks = units.reduce((total, unit) => {
    const size = { ...services.default, ...services[unit] };
    return total + size.tasksMin * task(size);
  }, 0);
  const rules = managedRules().length + table.rateClasses.length + 1;
  const acls = 1 + (environment.integrators.length > 0 ? 1 : 0);
  const lines = [
    { what: `Fargate: ${units.length} × ${services.default.tasksMin} tasks`, usd: tasks },
    { what: 'load balancer', usd: HOURS * (PRICES.loadBalancer.hour + PRICES.loadBalancer.unitHour) },
    { what: 'NAT', usd: network.natGateways * HOURS * PRICES.nat.hour },
    { what: 'endpoints', usd: network.endpoints ? Object.keys(ENDPOINTS).length * ZONES * HOURS * PRICES.endpointHour : 0 },
    {
      what: `PostgreSQL, its standby, ${database.readReplicas} replicas`,
      usd: (2 + database.readReplicas) * (price(PRICES.database, database.instanceClass) + database.storageGib * PRICES.databaseGb),
    },
    { what: 'Redis', usd: cache === undefined ? 0 : (1 + cache.replicas) * price(PRICES.cache, cache.nodeType) },
    {
      what: 'OpenSearch',
      usd:
        openSearch === undefined
          ? 0
          : openSearch.nodes * (price(PRICES.search, openSearch.instanceType) + openSearch.volumeGib * PRICES.searchGb) +
            3 * price(PRICES.search, 'm7g.medium.search'),
    },
    { what: 'WAF', usd: acls * (PRICES.waf.acl + rules * PRICES.waf.rule) },
  ];
  return lines.filter(({ usd }) => usd > 0);
}
