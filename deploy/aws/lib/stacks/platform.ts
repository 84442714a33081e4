// What the services stand on: the cluster, the internal load balancer with its rules, log groups.

import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { CONTAINER_PORT, LOAD_BALANCER_IDLE_S, OPS_PORT, STOPPING } from '../../config/defaults.ts';
import { LOG_PREFIX } from '../network/log-bucket.ts';
import { pathRules } from '../routing/alb-patterns.ts';
import type { Route } from '../routing/table.ts';
import { ShopStack, type ShopStackProps } from '../stack.ts';
import type { DataStack } from './data.ts';
import type { NetworkStack } from './network.ts';

export interface PlatformProps extends ShopStackProps {
  readonly network: NetworkStack;
  readonly data: DataStack;
  /** What is deployed, each with a target group and a log group. */
  readonly units: readonly string[];
  /** The routing table, with units for services. */
  readonly routes: readonly Route[];
}

export class PlatformStack extends ShopStack {
  readonly cluster: ecs.Cluster;
  readonly loadBalancer: elb.ApplicationLoadBalancer;
  /** By unit. */
  readonly targetGroups: Readonly<Record<string, elb.ApplicationTargetGroup>>;
  readonly logGroups: Readonly<Record<string, logs.LogGroup>>;

  constructor(scope: Construct, props: PlatformProps) {
    super(scope, 'platform', { ...props, terminationProtection: true });
    const { units } = props;
    this.logGroups = Object.fromEntries([...units, 'migrate'].map((unit) => [unit, this.logGroup(unit, props)]));
    this.cluster = this.makeCluster(props);
    this.loadBalancer = this.makeLoadBalancer(props);
    this.targetGroups = Object.fromEntries(units.map((unit) => [unit, this.targetGroup(unit, props)]));
    this.addRules(props);
  }

  private logGroup(name: string, { data }: PlatformProps): logs.LogGroup {
    return new logs.LogGroup(this, `Logs-${name}`, {
      logGroupName: `/techmart/${this.config.name}/${name}`,
      retention: this.config.logDays,
      encryptionKey: data.key,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** The cluster; what ECS does (tasks stopped, deployments failed) is kept as a log. */
  private makeCluster(props: PlatformProps): ecs.Cluster {
    const cluster = new ecs.Cluster(this, 'Cluster', {
      clusterName: this.named('cluster'),
      vpc: props.network.vpc,
      containerInsightsV2: ecs.ContainerInsights.ENHANCED,
      enableFargateCapacityProviders: true,
    });
    this.keepEvents(cluster, this.logGroup('ecs-events', props));
    return cluster;
  }

  /** Written as L1: the library would write a function for the log group's policy. */
  private keepEvents(cluster: ecs.ICluster, group: logs.LogGroup): void {
    const policy = new iam.PolicyDocument({
      statements: [
        new iam.PolicyStatement({
          principals: [new iam.ServicePrincipal('events.amazonaws.com'), new iam.ServicePrincipal('delivery.logs.amazonaws.com')],
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [group.logGroupArn],
        }),
      ],
    });
    new logs.CfnResourcePolicy(this, 'ClusterEventsPolicy', {
      policyName: this.named('ecs-events'),
      policyDocument: this.toJsonString(policy.toJSON()),
    });
    new events.CfnRule(this, 'ClusterEvents', {
      description: 'What ECS does',
      eventPattern: { source: ['aws.ecs'], detail: { clusterArn: [cluster.clusterArn] } },
      targets: [{ id: 'log', arn: `arn:aws:logs:${this.region}:${this.account}:log-group:${group.logGroupName}` }],
    });
  }

  private makeLoadBalancer({ network }: PlatformProps): elb.ApplicationLoadBalancer {
    const loadBalancer = new elb.ApplicationLoadBalancer(this, 'LoadBalancer', {
      loadBalancerName: this.named('internal'),
      vpc: network.vpc,
      vpcSubnets: { subnetGroupName: 'app' },
      internetFacing: false,
      securityGroup: network.firewall.loadBalancer,
      idleTimeout: Duration.seconds(LOAD_BALANCER_IDLE_S),
      deletionProtection: true,
      dropInvalidHeaderFields: true,
      // The edge has written the shopper's address as the last one, and the services count by the last one.
      xffHeaderProcessingMode: elb.XffHeaderProcessingMode.PRESERVE,
      http2Enabled: true,
    });
    loadBalancer.logAccessLogs(network.logs, LOG_PREFIX.loadBalancer);
    return loadBalancer;
  }

  private targetGroup(unit: string, { network }: PlatformProps): elb.ApplicationTargetGroup {
    return new elb.ApplicationTargetGroup(this, `Target-${unit}`, {
      targetGroupName: this.named(unit),
      vpc: network.vpc,
      targetType: elb.TargetType.IP,
      protocol: elb.ApplicationProtocol.HTTP,
      port: CONTAINER_PORT,
      deregistrationDelay: Duration.seconds(STOPPING.deregisterS),
      loadBalancingAlgorithmType: elb.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
      healthCheck: {
        path: '/readyz',
        port: String(OPS_PORT),
        interval: Duration.seconds(5),
        timeout: Duration.seconds(3),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 2,
      },
    });
  }

  /** Whatever is no route of ours is answered here, without waking a service. */
  private addRules({ routes }: PlatformProps): void {
    const listener = this.loadBalancer.addListener('Https', {
      port: 443,
      protocol: elb.ApplicationProtocol.HTTPS,
      // The firewall says who may come in.
      open: false,
      sslPolicy: elb.SslPolicy.RECOMMENDED_TLS,
      certificates: [elb.ListenerCertificate.fromArn(this.config.certificates.regional)],
      defaultAction: elb.ListenerAction.fixedResponse(404, {
        contentType: 'application/json',
        messageBody: JSON.stringify({ type: 'about:blank', title: 'Not found', status: 404, code: 'not_found' }),
      }),
    });
    for (const { service, priority, patterns } of pathRules(routes)) {
      const target = this.targetGroups[service];
      if (target === undefined) throw new Error(`no target group for ${service}`);
      new elb.ApplicationListenerRule(this, `Rule-${priority}`, {
        listener,
        priority,
        conditions: [elb.ListenerCondition.pathPatterns([...patterns])],
        action: elb.ListenerAction.forward([target]),
      });
    }
  }
}
