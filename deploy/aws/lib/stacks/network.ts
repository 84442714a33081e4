// The network: three zones, three tiers, private addresses of AWS's services, flow logs.

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { ZONES } from '../../config/defaults.ts';
import { Firewall } from '../network/firewall.ts';
import { LOG_PREFIX, LogBucket } from '../network/log-bucket.ts';
import { ShopStack, type ShopStackProps } from '../stack.ts';

export interface NetworkProps extends ShopStackProps {
  readonly services: readonly string[];
}

/** Services of AWS that tasks call while they start and run. */
export const ENDPOINTS = {
  EcrApi: ec2.InterfaceVpcEndpointAwsService.ECR,
  EcrImages: ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Logs: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  Metrics: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING,
  Traces: ec2.InterfaceVpcEndpointAwsService.XRAY,
  Secrets: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  Parameters: ec2.InterfaceVpcEndpointAwsService.SSM,
} as const;

/** Tiers: `public` holds only NAT, `app` tasks and the load balancer, `data` has no way out. */
export class NetworkStack extends ShopStack {
  readonly vpc: ec2.Vpc;
  readonly firewall: Firewall;
  readonly logs: LogBucket;

  constructor(scope: Construct, props: NetworkProps) {
    super(scope, 'network', { ...props, terminationProtection: true });
    const { network } = this.config;
    this.logs = new LogBucket(this, 'AccessLogs');
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(network.cidr),
      maxAzs: ZONES,
      natGateways: network.natGateways,
      subnetConfiguration: [
        { name: 'public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'app', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
        { name: 'data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
    });
    this.vpc.addFlowLog('FlowLogs', {
      destination: ec2.FlowLogDestination.toS3(this.logs, LOG_PREFIX.flow),
      trafficType: ec2.FlowLogTrafficType.REJECT,
    });
    this.firewall = new Firewall(this, 'Firewall', {
      vpc: this.vpc,
      services: props.services,
      cloudFrontPrefixList: network.cloudFrontPrefixList,
    });
    this.addEndpoints();
  }

  /** S3's gateway is free; the others are bought where the environment says so. */
  private addEndpoints(): void {
    this.vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    if (!this.config.network.endpoints) return;
    for (const [name, service] of Object.entries(ENDPOINTS)) {
      this.vpc.addInterfaceEndpoint(name, {
        service,
        open: false,
        securityGroups: [this.firewall.endpoints],
        subnets: { subnetGroupName: 'app' },
      });
    }
  }
}
