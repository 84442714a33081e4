// The whole app: which stacks there are, and what each is given.

import { App } from 'aws-cdk-lib';
import { delivery, environments, type Lookup } from '../config/environments.ts';
import type { Delivery, Environment } from '../config/types.ts';
import { loadRoutingTable, servicesOf, type RoutingTable } from './routing/table.ts';
import { loadSlos } from './ops/slo.ts';
import { AccessStack } from './stacks/access.ts';
import { DataStack } from './stacks/data.ts';
import { EdgeApiStack } from './stacks/edge-api.ts';
import { EdgeFirewallStack } from './stacks/edge-firewall.ts';
import { EdgeStack } from './stacks/edge.ts';
import { IdentityStack } from './stacks/identity.ts';
import { MigrationsStack } from './stacks/migrations.ts';
import { NetworkStack } from './stacks/network.ts';
import { OpsStack } from './stacks/ops.ts';
import { PipelineStack } from './stacks/pipeline.ts';
import { PlatformStack } from './stacks/platform.ts';
import { RecoveryStack } from './stacks/recovery.ts';
import { RegistryStack } from './stacks/registry.ts';
import { ServiceStack } from './stacks/service.ts';

/** The name of the one process that mounts all services. */
const SINGLE = 'techmart';

/** The stacks of one environment. */
export interface Shop {
  readonly environment: Environment;
  /** What is deployed: six services, or the one process. */
  readonly units: readonly string[];
  /** The second region, where backups are copied to one. */
  readonly recovery: RecoveryStack | undefined;
  readonly network: NetworkStack;
  readonly data: DataStack;
  readonly platform: PlatformStack;
  readonly migrations: MigrationsStack;
  readonly services: readonly ServiceStack[];
  readonly firewall: EdgeFirewallStack;
  readonly edge: EdgeStack;
  /** The REST APIs: for integrators where the environment has some, for shoppers where the switch says so. */
  readonly apis: readonly EdgeApiStack[];
  readonly ops: OpsStack;
  readonly access: AccessStack;
}

function buildShop(app: App, environment: Environment, delivery: Delivery, table: RoutingTable): Shop {
  const all = servicesOf(table);
  const single = environment.composition === 'single';
  const unitOf = (service: string): string => (single ? SINGLE : service);
  const units = [...new Set(all.map(unitOf))];
  const routes = table.routes.map((route) => ({ ...route, service: unitOf(route.service) }));

  const { backupCopy } = environment.database;
  const recovery = backupCopy === undefined ? undefined : new RecoveryStack(app, { environment, region: backupCopy.region });
  const network = new NetworkStack(app, { environment, services: units });
  const data = new DataStack(app, { environment, network, roles: units });
  const platform = new PlatformStack(app, { environment, network, data, units, routes });
  const shared = { environment, delivery, network, data, platform };
  const migrations = new MigrationsStack(app, { ...shared, services: all, unitOf });
  const services = units.map(
    (unit) => new ServiceStack(app, { ...shared, unit, all, mounts: all.filter((service) => unitOf(service) === unit) }),
  );
  const outside = { environment, network, platform, table };
  const integrators = environment.integrators.length > 0 ? new EdgeApiStack(app, { ...outside, audience: 'integrators' }) : undefined;
  const shoppersApi = environment.shoppers === 'rest-api' ? new EdgeApiStack(app, { ...outside, audience: 'shoppers' }) : undefined;
  const firewall = new EdgeFirewallStack(app, { environment, table });
  const edge = new EdgeStack(app, { ...outside, firewall, ...(shoppersApi === undefined ? {} : { shoppersApi }) });
  const ops = new OpsStack(app, { environment, data, platform, units, slos: loadSlos() });
  const access = new AccessStack(app, { environment, delivery, edge, migrations });
  const apis = [integrators, shoppersApi].filter((api) => api !== undefined);
  return { environment, units, recovery, network, data, platform, migrations, services, firewall, edge, apis, ops, access };
}

/** Every stack of the app. */
export interface Everything {
  readonly shops: readonly Shop[];
  readonly registry: RegistryStack;
  readonly pipeline: PipelineStack;
}

/** Environments through which the pipeline promotes a release, in order. */
const PROMOTED = ['staging', 'production'];

/** Settings come from the context (`-c name=value`), else from `TECHMART_AWS_NAME`. */
export function lookupIn(app: App): Lookup {
  const variable = (key: string): string => `TECHMART_AWS_${key.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`;
  return (key) => (app.node.tryGetContext(key) as string | undefined) ?? process.env[variable(key)];
}

/** The app with the given environments. */
export function buildApp(app: App, all: readonly Environment[] = environments(lookupIn(app))): Everything {
  // Buckets of logs are written by policy, not by access list.
  app.node.setContext('@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy', true);
  const table = loadRoutingTable();
  const services = servicesOf(table);
  const place = delivery(lookupIn(app));
  for (const account of new Set([place.account, ...all.map((environment) => environment.account)])) {
    new IdentityStack(app, { account, region: place.region });
  }
  const registry = new RegistryStack(app, { delivery: place, environments: all, services });
  const shops = all.map((environment) => buildShop(app, environment, place, table));
  const promoted = PROMOTED.map((name) => all.find((environment) => environment.name === name)).filter((found) => found !== undefined);
  const pipeline = new PipelineStack(app, { delivery: place, registry, environments: promoted, units: services });
  return { shops, registry, pipeline };
}
