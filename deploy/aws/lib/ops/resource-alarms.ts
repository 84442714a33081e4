// Alarms on what the services stand on. Each names its runbook.

import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { DataStack } from '../stacks/data.ts';
import type { PlatformStack } from '../stacks/platform.ts';

/** An alarm on one metric. */
export interface ResourceAlarm {
  readonly name: string;
  readonly severity: 'page' | 'ticket';
  /** A file in `docs/runbooks`. */
  readonly runbook: string;
  readonly means: string;
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  /** Periods in a row; a period is a minute where the metric says no other. */
  readonly periods: number;
  readonly below?: true;
  /** No value is as bad as a bad one. */
  readonly missingIsBad?: true;
}

const GIB = 1024 ** 3;

const of = (namespace: string, dimensionsMap: Record<string, string>) =>
  (metricName: string, statistic = 'Average'): cloudwatch.Metric =>
    new cloudwatch.Metric({ namespace, metricName, statistic, dimensionsMap, period: Duration.minutes(1) });

/** The highest value of several nodes: a metric that AWS knows for each node and not for their group. */
const highestOf = (nodes: readonly ReturnType<typeof of>[]) =>
  (metricName: string): cloudwatch.MathExpression => {
    const metrics = nodes.map((node, index) => [`node${index + 1}`, node(metricName, 'Maximum')] as const);
    return new cloudwatch.MathExpression({
      expression: `MAX([${metrics.map(([id]) => id).join(', ')}])`,
      label: metricName,
      period: Duration.minutes(1),
      usingMetrics: Object.fromEntries(metrics),
    });
  };

/** The alarms of the database, its replicas, the cache and the search domain. */
export function dataAlarms(data: DataStack): ResourceAlarm[] {
  const { database, cache, search, config } = data;
  const primary = of('AWS/RDS', { DBInstanceIdentifier: database.primary.ref });
  const ticket = { severity: 'ticket' } as const;
  const page = { severity: 'page' } as const;
  const alarms: ResourceAlarm[] = [
    {
      ...page,
      name: 'database-storage',
      runbook: 'dependency-down.md',
      means: 'PostgreSQL has less than a tenth of its disk left',
      metric: primary('FreeStorageSpace', 'Minimum'),
      threshold: config.database.storageGib * GIB * 0.1,
      periods: 5,
      below: true,
    },
    {
      ...ticket,
      name: 'database-processor',
      runbook: 'database-pool-exhausted.md',
      means: 'PostgreSQL is busy',
      metric: primary('CPUUtilization'),
      threshold: 80,
      periods: 15,
    },
    {
      ...page,
      name: 'database-queue',
      runbook: 'database-pool-exhausted.md',
      means: 'PostgreSQL waits for its disk',
      metric: primary('DiskQueueDepth'),
      threshold: 64,
      periods: 10,
    },
    {
      ...page,
      name: 'database-transaction-ids',
      runbook: 'dependency-down.md',
      means: 'Vacuum does not keep up with transaction ids',
      metric: primary('MaximumUsedTransactionIDs', 'Maximum'),
      threshold: 1_000_000_000,
      periods: 5,
    },
    {
      ...ticket,
      name: 'database-connections',
      runbook: 'database-pool-exhausted.md',
      means: 'PostgreSQL has less than a fifth of its connections left',
      metric: primary('DatabaseConnections', 'Maximum'),
      threshold: config.database.connectionsMax * 0.8,
      periods: 5,
    },
    ...database.replicas.map((replica, index) => ({
      ...ticket,
      name: `replica-${index + 1}-lag`,
      runbook: 'replica-unreachable.md',
      means: 'A read replica is more than 30 s behind',
      metric: of('AWS/RDS', { DBInstanceIdentifier: replica.ref })('ReplicaLag', 'Maximum'),
      threshold: 30,
      periods: 10,
      missingIsBad: true as const,
    })),
  ];
  if (cache !== undefined) {
    const node = highestOf(cache.nodes.map((id) => of('AWS/ElastiCache', { CacheClusterId: id })));
    alarms.push(
      {
        ...ticket,
        name: 'cache-memory',
        runbook: 'cache-failing.md',
        means: 'Redis is nearly full',
        metric: node('DatabaseMemoryUsagePercentage'),
        threshold: 85,
        periods: 15,
      },
      {
        ...ticket,
        name: 'cache-processor',
        runbook: 'cache-failing.md',
        means: 'Redis is busy',
        metric: node('EngineCPUUtilization'),
        threshold: 80,
        periods: 10,
      },
    );
  }
  if (search !== undefined) {
    const domain = of('AWS/ES', { DomainName: search.domain.ref, ClientId: data.account });
    alarms.push(
      {
        ...ticket,
        name: 'opensearch-red',
        runbook: 'search-engine-away.md',
        means: 'OpenSearch has lost an index; the embedded one answers',
        metric: domain('ClusterStatus.red', 'Maximum'),
        threshold: 0,
        periods: 5,
      },
      {
        ...ticket,
        name: 'opensearch-storage',
        runbook: 'search-engine-away.md',
        means: 'OpenSearch has little disk left',
        metric: domain('FreeStorageSpace', 'Minimum'),
        threshold: 5 * 1024,
        periods: 15,
        below: true,
      },
    );
  }
  return alarms;
}

/** The alarms of each deployed unit. */
export function unitAlarms(platform: PlatformStack, units: readonly string[]): ResourceAlarm[] {
  const LoadBalancer = platform.loadBalancer.loadBalancerFullName;
  return units.flatMap((unit) => {
    const TargetGroup = platform.targetGroups[unit]?.targetGroupFullName ?? '';
    const target = of('AWS/ApplicationELB', { LoadBalancer, TargetGroup });
    const tasks = of('AWS/ECS', { ClusterName: platform.cluster.clusterName, ServiceName: unit });
    return [
      {
        name: `${unit}-down`,
        severity: 'page',
        runbook: 'service-down.md',
        means: `No task of ${unit} is healthy`,
        metric: target('HealthyHostCount', 'Minimum'),
        threshold: 1,
        periods: 2,
        below: true,
        missingIsBad: true,
      },
      {
        name: `${unit}-unhealthy`,
        severity: 'ticket',
        runbook: 'instance-down.md',
        means: `A task of ${unit} is not healthy`,
        metric: target('UnHealthyHostCount', 'Maximum'),
        threshold: 0,
        periods: 10,
      },
      {
        name: `${unit}-memory`,
        severity: 'ticket',
        runbook: 'instance-down.md',
        means: `Tasks of ${unit} are short of memory`,
        metric: tasks('MemoryUtilization', 'Maximum'),
        threshold: 90,
        periods: 10,
      },
    ] satisfies ResourceAlarm[];
  });
}
