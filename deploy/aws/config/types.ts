// What may differ between environments.

/** How shoppers' requests reach the services: straight to the load balancer, or through a REST API. */
export type ShoppersRoute = 'vpc-origin' | 'rest-api';

/** Six services, or one process that mounts all six. */
export type Composition = 'services' | 'single';

/** How large a service's tasks are, and how many there may be. */
export interface ServiceSize {
  /** CPU units; 1024 is one vCPU. */
  readonly cpu: number;
  readonly memoryMib: number;
  readonly tasksMin: number;
  readonly tasksMax: number;
  /** Requests per minute that one task shall get. */
  readonly requestsPerTask: number;
}

/** A time for which more tasks stand ready, beginning and end as cron expressions of six fields. */
export interface Peak {
  readonly name: string;
  readonly start: string;
  readonly end: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Both bounds of every service are multiplied by it. */
  readonly factor: number;
}

/** Somebody else's system with a key of its own. */
export interface Integrator {
  readonly name: string;
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly requestsPerMonth: number;
}

/** One environment. */
export interface Environment {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly composition: Composition;
  readonly shoppers: ShoppersRoute;
  /** The shop's host name. */
  readonly domain: string;
  /** The host name of the REST API for integrators; none, no API. */
  readonly integratorsDomain?: string;
  readonly integrators: readonly Integrator[];
  /** Certificates in ACM: `edge` in us-east-1 for CloudFront, `regional` for the load balancer and the REST API. */
  readonly certificates: { readonly edge: string; readonly regional: string };
  readonly network: {
    readonly cidr: string;
    readonly natGateways: number;
    /** AWS's prefix list `com.amazonaws.global.cloudfront.origin-facing` of the region. */
    readonly cloudFrontPrefixList: string;
    /** Private addresses of AWS's own services: cost per zone and hour, but no traffic through NAT. */
    readonly endpoints: boolean;
  };
  readonly database: {
    readonly instanceClass: string;
    readonly storageGib: number;
    readonly storageMaxGib: number;
    readonly readReplicas: number;
    readonly backupDays: number;
  };
  /** None: the services run without Redis. */
  readonly cache?: { readonly nodeType: string; readonly replicas: number };
  /** None: search answers from its embedded index. */
  readonly openSearch?: {
    readonly instanceType: string;
    /** A multiple of the zones. */
    readonly nodes: number;
    readonly volumeGib: number;
  };
  /** By name; `default` for those that are not named. */
  readonly services: Readonly<Record<'default', ServiceSize>> & Readonly<Record<string, Partial<ServiceSize>>>;
  readonly peaks: readonly Peak[];
  /** The shop's currency, ISO 4217. */
  readonly currency: string;
  readonly logDays: number;
  readonly budget: { readonly monthlyUsd: number; readonly email: string };
  /** Who is told of alarms: `page` now, `ticket` in working hours. */
  readonly alarms: { readonly page: string; readonly ticket: string };
}

/** Where images and releases are kept and the pipeline runs. */
export interface Delivery {
  readonly account: string;
  readonly region: string;
  /** `owner/name` at GitHub. */
  readonly repository: string;
  /** Who approves a promotion. */
  readonly approvers: string;
}
