// A web ACL: managed rules, rate rules, and what a refused client reads.

import { RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as waf from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { RoutingTable } from '../routing/table.ts';
import { managedRules, rateRules } from './waf-rules.ts';

export interface WebAclProps {
  readonly name: string;
  readonly scope: 'CLOUDFRONT' | 'REGIONAL';
  readonly table: RoutingTable;
  readonly logDays: logs.RetentionDays;
}

const PROBLEM = 'rate-limited';

export class WebAcl extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: WebAclProps) {
    super(scope, id);
    const acl = new waf.CfnWebACL(this, 'Acl', {
      name: props.name,
      scope: props.scope,
      defaultAction: { allow: {} },
      customResponseBodies: {
        [PROBLEM]: {
          contentType: 'APPLICATION_JSON',
          content: JSON.stringify({ type: 'about:blank', title: 'Too many requests', status: 429, code: 'rate_limited' }),
        },
      },
      rules: [...managedRules(), ...rateRules(props.table, PROBLEM)],
      visibilityConfig: { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: props.name },
    });
    this.arn = acl.attrArn;
    const group = new logs.LogGroup(this, 'Logs', {
      // AWS WAF asks for this prefix.
      logGroupName: `aws-waf-logs-${props.name}`,
      retention: props.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new waf.CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [group.logGroupArn],
      // Only what was refused or counted is worth its price.
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: [{ ActionCondition: { Action: 'BLOCK' } }, { ActionCondition: { Action: 'COUNT' } }],
          },
        ],
      },
      redactedFields: ['authorization', 'cookie', 'cart-token', 'order-token'].map((Name) => ({ singleHeader: { Name } })),
    });
  }
}
