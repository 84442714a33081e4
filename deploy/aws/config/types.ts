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
  /** The ceiling, at peaks too. */
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
  /** The least number of tasks of every service is multiplied by it, up to the service's most. */
  readonly factor: number;
}

/** Somebody else's system with a key of its own. */
export interface Integrator {
  readonly name: string;
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly requestsPerMonth: number;
}

/** A second region that can take over when the first is lost. */
export interface BackupCopy {
  readonly region: string;
  /** How far back the copy reaches. */
  readonly days: number;
  /** The key there, an output of the stack `recovery`. Nothing is copied before it is given. */
  readonly keyArn?: string;
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
    /** Connections that an instance takes. The pools of all tasks together, two deployments of them, must fit. */
    readonly connectionsMax: number;
    /** How far back the database can be restored to any second. */
    readonly backupDays: number;
    /** Keeps the backups in a second region, too; none, they stay in this one. */
    readonly backupCopy?: BackupCopy;
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
  /**
   * More settings of the services by the names of their variables: who sends mail, who sells. A shared one
   * (`TECHMART__…`) goes to every task, one of a service (`TECHMART_ORDERS__…`) to its own. Nothing secret.
   */
  readonly settings: Readonly<Record<string, string>>;
  /** The share of requests that leave a trace, 0 to 1. */
  readonly traceShare: number;
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
