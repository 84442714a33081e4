// Who may talk to whom: every security group and every rule of an environment, in one place.

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { CACHE_PORT, CONTAINER_PORT, DATABASE, OPS_PORT, SMTP_PORTS } from '../../config/defaults.ts';

export interface FirewallProps {
  readonly vpc: ec2.IVpc;
  readonly services: readonly string[];
  /** The prefix list of CloudFront's addresses. */
  readonly cloudFrontPrefixList: string;
}

/** The security groups. Nothing may leave one of them that no rule here lets out. */
export class Firewall extends Construct {
  readonly loadBalancer: ec2.SecurityGroup;
  readonly vpcLink: ec2.SecurityGroup;
  readonly database: ec2.SecurityGroup;
  readonly cache: ec2.SecurityGroup;
  readonly search: ec2.SecurityGroup;
  readonly endpoints: ec2.SecurityGroup;
  readonly migrations: ec2.SecurityGroup;
  /** By service. */
  readonly tasks: Readonly<Record<string, ec2.SecurityGroup>>;

  constructor(scope: Construct, id: string, props: FirewallProps) {
    super(scope, id);
    const group = (name: string, description: string): ec2.SecurityGroup =>
      new ec2.SecurityGroup(this, name, { vpc: props.vpc, description, allowAllOutbound: false });
    this.loadBalancer = group('LoadBalancer', 'The internal load balancer');
    this.vpcLink = group('VpcLink', 'The VPC link of the REST APIs');
    this.database = group('Database', 'PostgreSQL');
    this.cache = group('Cache', 'Redis');
    this.search = group('Search', 'OpenSearch');
    this.endpoints = group('Endpoints', 'Private addresses of AWS services');
    this.migrations = group('Migrations', 'The migrations task');
    this.tasks = Object.fromEntries(props.services.map((name) => [name, group(`Task-${name}`, `Tasks of ${name}`)]));

    const https = ec2.Port.tcp(443);
    this.loadBalancer.addIngressRule(ec2.Peer.prefixList(props.cloudFrontPrefixList), https, 'CloudFront');
    allow(this.vpcLink, this.loadBalancer, https);
    for (const task of Object.values(this.tasks)) {
      allow(this.loadBalancer, task, ec2.Port.tcp(CONTAINER_PORT));
      allow(this.loadBalancer, task, ec2.Port.tcp(OPS_PORT));
      allow(task, this.cache, ec2.Port.tcp(CACHE_PORT));
      for (const port of SMTP_PORTS) task.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(port), 'Mail');
    }
    for (const task of [...Object.values(this.tasks), this.migrations]) {
      allow(task, this.database, ec2.Port.tcp(DATABASE.port));
      allow(task, this.endpoints, https);
      task.addEgressRule(ec2.Peer.anyIpv4(), https, 'AWS, the payment provider, telemetry, webhooks');
    }
    const searching = this.tasks['search'] ?? this.tasks['techmart'];
    if (searching !== undefined) allow(searching, this.search, https);
  }
}

/** A rule on each side. */
function allow(from: ec2.SecurityGroup, to: ec2.SecurityGroup, port: ec2.Port): void {
  from.addEgressRule(to, port);
  to.addIngressRule(from, port);
}
