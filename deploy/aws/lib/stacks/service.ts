// One deployed unit, in a stack of its own: what the pipeline changes, and nothing else.

import type { Construct } from 'constructs';
import type { Delivery, ServiceSize } from '../../config/types.ts';
import { databaseCa } from '../data/secrets.ts';
import { profileOf } from '../service/profiles.ts';
import { settingsOf } from '../service/settings.ts';
import { ShopService } from '../service/shop-service.ts';
import { ShopStack, type ShopStackProps } from '../stack.ts';
import type { DataStack } from './data.ts';
import type { NetworkStack } from './network.ts';
import type { PlatformStack } from './platform.ts';

export interface ServiceProps extends ShopStackProps {
  readonly delivery: Delivery;
  readonly network: NetworkStack;
  readonly data: DataStack;
  readonly platform: PlatformStack;
  /** What is deployed: a service, or the one process. */
  readonly unit: string;
  /** The services that it mounts. */
  readonly mounts: readonly string[];
  /** All services, in order. */
  readonly all: readonly string[];
}

export class ServiceStack extends ShopStack {
  readonly service: ShopService;

  constructor(scope: Construct, props: ServiceProps) {
    super(scope, `service-${props.unit}`, props);
    const { config } = this;
    const { network, platform, unit, mounts } = props;
    const targetGroup = platform.targetGroups[unit];
    const securityGroup = network.firewall.tasks[unit];
    const logGroup = platform.logGroups[unit];
    if (targetGroup === undefined || securityGroup === undefined || logGroup === undefined) {
      throw new Error(`the platform knows no ${unit}`);
    }
    const size: ServiceSize = { ...config.services.default, ...config.services[unit] };
    this.service = new ShopService(this, 'Service', {
      unit,
      environment: config.name,
      name: this.named(unit),
      delivery: props.delivery,
      cluster: platform.cluster,
      securityGroup,
      targetGroup,
      loadBalancer: platform.loadBalancer.loadBalancerFullName,
      logGroup,
      key: props.data.key,
      size,
      peaks: config.peaks,
      startS: Math.max(...mounts.map((name) => profileOf(name).startS)),
      settings: settingsOf({ ...props, scope: this, databaseCa: databaseCa(this, config.name) }),
    });
  }
}
