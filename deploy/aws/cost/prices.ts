// List prices of us-east-1 in USD, as published; no free tier, no savings plan, no private discount.
// They are written down by hand and change: check them before you rely on a figure.

/** Hours in a month, as AWS bills. */
export const HOURS = 730;

export const PRICES = {
  /** Fargate on ARM, each hour. */
  fargate: { vcpu: 0.03238, gib: 0.00356 },
  /** The load balancer: each hour, and each capacity unit and hour. */
  loadBalancer: { hour: 0.0225, unitHour: 0.008 },
  /** NAT, each gateway and hour. */
  nat: { hour: 0.045 },
  /** An interface endpoint, each zone and hour. */
  endpointHour: 0.01,
  /** RDS for PostgreSQL, one zone, each hour; a standby costs as much again. */
  database: { 'db.t4g.small': 0.032, 'db.t4g.medium': 0.065, 'db.r7g.large': 0.239 } as Record<string, number>,
  /** gp3 of RDS, one zone, each GB and month. */
  databaseGb: 0.115,
  /** ElastiCache for Valkey, each node and hour. */
  cache: { 'cache.t4g.micro': 0.0128, 'cache.r7g.large': 0.1752 } as Record<string, number>,
  /** OpenSearch, each node and hour, and gp3 each GB and month. */
  search: { 'm7g.large.search': 0.128, 'm7g.medium.search': 0.064 } as Record<string, number>,
  searchGb: 0.122,
  /** CloudFront: HTTPS requests each million, and GB to viewers (first 10 TB, North America). */
  cloudFront: { million: 1.0, gb: 0.085 },
  /** AWS WAF: requests each million, each ACL and each rule a month. */
  waf: { million: 0.6, acl: 5, rule: 1 },
  /** REST API: requests each million (first 333 million a month). */
  restApiMillion: 3.5,
  /** X-Ray, each million traces recorded. */
  tracesMillion: 5,
  /** Firehose and S3 for the access logs of a REST API, each million requests of 500 bytes (5 KB billed). */
  apiLogMillion: 0.15,
} as const;
