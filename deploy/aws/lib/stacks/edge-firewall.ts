// CloudFront's firewall, in the one region where CloudFront looks for it.

import type { Construct } from 'constructs';
import { GLOBAL_REGION } from '../../config/defaults.ts';
import { WebAcl } from '../edge/web-acl.ts';
import type { RoutingTable } from '../routing/table.ts';
import { ShopStack, type ShopStackProps } from '../stack.ts';

export class EdgeFirewallStack extends ShopStack {
  readonly acl: WebAcl;

  constructor(scope: Construct, props: ShopStackProps & { readonly table: RoutingTable }) {
    super(scope, 'edge-firewall', { ...props, region: GLOBAL_REGION });
    this.acl = new WebAcl(this, 'Waf', {
      name: this.stackName,
      scope: 'CLOUDFRONT',
      table: props.table,
      logDays: this.config.logDays,
    });
  }
}
