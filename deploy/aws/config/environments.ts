// The environments, each as it differs from the usual one. Account numbers and the repository come from the context (`-c productionAccount=…`) or the
// environment (`TECHMART_AWS_PRODUCTION_ACCOUNT`); what is written here are placeholders.

import { GLOBAL_REGION } from './defaults.ts';
import type { BackupCopy, Delivery, Environment, Peak } from './types.ts';

/** Looks a value up by its context key. */
export type Lookup = (key: string) => string | undefined;

const PLACEHOLDER_ACCOUNT = '111122223333';
const REGION = 'us-east-1';
/** Where production's backups are kept once more. */
const RECOVERY_REGION = 'us-west-2';
/** `com.amazonaws.global.cloudfront.origin-facing` in us-east-1. */
const CLOUDFRONT_PREFIX_LIST = 'pl-3b927c52';

/** The days on which an electronics shop sells most. Scaling follows load by itself; this saves it the first minutes. */
const PEAKS: readonly Peak[] = [
  { name: 'black-week', start: '0 5 ? 11 5#4 *', end: '0 9 ? 12 3#1 *', timeZone: 'America/New_York', factor: 4 },
  { name: 'back-to-school', start: '0 6 1 8 ? *', end: '0 23 5 9 ? *', timeZone: 'America/New_York', factor: 2 },
  { name: 'evenings', start: '0 17 * * ? *', end: '0 23 * * ? *', timeZone: 'America/New_York', factor: 1.5 },
];

const account = (lookup: Lookup, name: string): string => lookup(`${name}Account`) ?? PLACEHOLDER_ACCOUNT;

/** Certificates are made by hand, because their proof is a record in a zone that this app does not own. */
const certificates = (lookup: Lookup, name: string): Environment['certificates'] => {
  const arn = (key: string, where: string): string =>
    lookup(`${name}${key}`) ??
    `arn:aws:acm:${where}:${account(lookup, name)}:certificate/00000000-0000-0000-0000-000000000000`;
  return { edge: arn('EdgeCertificate', GLOBAL_REGION), regional: arn('RegionalCertificate', REGION) };
};

/** The key is made by the stack `recovery`, and known only then. */
const backupCopy = (lookup: Lookup, name: string): BackupCopy => {
  const keyArn = lookup(`${name}RecoveryKey`);
  return { region: RECOVERY_REGION, days: 14, ...(keyArn === undefined ? {} : { keyArn }) };
};

/** Who the shop is to its customers: the sender of mail, which the mail server must know, and the seller on invoices. */
const identity = (domain: string): Environment['settings'] => ({
  TECHMART__MAIL__FROM: `TechMart <shop@${domain}>`,
  TECHMART__MAIL__SHOP_NAME: 'TechMart',
  TECHMART_ORDERS__SELLER__NAME: 'TechMart',
  TECHMART_ORDERS__SELLER__ADDRESS: '1 Example Street,New York NY 10001,United States',
});

/** What an environment has when it says nothing else. */
const usual = (lookup: Lookup, name: string, domain: string) =>
  ({
    name,
    domain,
    account: account(lookup, name),
    region: REGION,
    certificates: certificates(lookup, name),
    composition: 'services',
    shoppers: 'vpc-origin',
    integrators: [],
    peaks: [],
    currency: 'USD',
    settings: identity(domain),
    alarms: { page: 'operations@example.com', ticket: 'operations@example.com' },
  }) satisfies Partial<Environment>;

/** The smallest that still has two of everything that must not stop. */
const staging = (lookup: Lookup): Environment => ({
  ...usual(lookup, 'staging', 'staging.shop.example.com'),
  integratorsDomain: 'api.staging.shop.example.com',
  integrators: [{ name: 'smoke-test', requestsPerSecond: 5, burst: 10, requestsPerMonth: 100_000 }],
  network: { cidr: '10.20.0.0/16', natGateways: 1, cloudFrontPrefixList: CLOUDFRONT_PREFIX_LIST, endpoints: false },
  database: { instanceClass: 'db.t4g.medium', storageGib: 20, storageMaxGib: 100, readReplicas: 1, connectionsMax: 300, backupDays: 7 },
  cache: { nodeType: 'cache.t4g.micro', replicas: 1 },
  services: {
    default: { cpu: 256, memoryMib: 512, tasksMin: 2, tasksMax: 4, requestsPerTask: 6_000 },
    search: { memoryMib: 1024 },
  },
  traceShare: 1,
  logDays: 14,
  budget: { monthlyUsd: 700, email: 'operations@example.com' },
});

const production = (lookup: Lookup): Environment => ({
  ...usual(lookup, 'production', 'shop.example.com'),
  integratorsDomain: 'api.shop.example.com',
  integrators: [{ name: 'warehouse', requestsPerSecond: 50, burst: 100, requestsPerMonth: 5_000_000 }],
  network: { cidr: '10.10.0.0/16', natGateways: 3, cloudFrontPrefixList: CLOUDFRONT_PREFIX_LIST, endpoints: true },
  database: {
    instanceClass: 'db.r7g.large',
    storageGib: 100,
    storageMaxGib: 1000,
    readReplicas: 2,
    connectionsMax: 1_200,
    backupDays: 35,
    backupCopy: backupCopy(lookup, 'production'),
  },
  cache: { nodeType: 'cache.r7g.large', replicas: 2 },
  openSearch: { instanceType: 'm7g.large.search', nodes: 3, volumeGib: 50 },
  services: {
    default: { cpu: 512, memoryMib: 1024, tasksMin: 3, tasksMax: 16, requestsPerTask: 15_000 },
    // A password's hash takes 46 MiB and a core for a moment.
    auth: { cpu: 1024, memoryMib: 2048, requestsPerTask: 3_000 },
    // The index, the sentence model and its vectors are in memory.
    search: { cpu: 1024, memoryMib: 4096, requestsPerTask: 10_000 },
  },
  peaks: PEAKS,
  traceShare: 0.05,
  logDays: 90,
  budget: { monthlyUsd: 4_000, email: 'operations@example.com' },
  alarms: { page: 'pager@example.com', ticket: 'operations@example.com' },
});

/** A small shop: one process that mounts all six services, twice; no Redis, no OpenSearch, no REST API. */
const small = (lookup: Lookup): Environment => ({
  ...usual(lookup, 'small', 'small.shop.example.com'),
  composition: 'single',
  network: { cidr: '10.30.0.0/16', natGateways: 1, cloudFrontPrefixList: CLOUDFRONT_PREFIX_LIST, endpoints: false },
  database: { instanceClass: 'db.t4g.small', storageGib: 20, storageMaxGib: 100, readReplicas: 0, connectionsMax: 220, backupDays: 14 },
  services: { default: { cpu: 256, memoryMib: 1024, tasksMin: 2, tasksMax: 3, requestsPerTask: 6_000 } },
  traceShare: 0.1,
  logDays: 30,
  budget: { monthlyUsd: 250, email: 'operations@example.com' },
});

/** All environments. */
export const environments = (lookup: Lookup): Environment[] => [staging(lookup), production(lookup), small(lookup)];

/** Delivery lives beside production. */
export const delivery = (lookup: Lookup): Delivery => ({
  account: lookup('deliveryAccount') ?? account(lookup, 'production'),
  region: REGION,
  repository: lookup('githubRepository') ?? 'example/techmart',
  approvers: 'operations@example.com',
});
