// The environment of a task: the settings of `crates/common/src/config` and of each service, by their names.

import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IStringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { CONTAINER_PORT, DATABASE, METRICS_NAMESPACE, OPS_PORT, SERVICE_IDLE_MS, STOPPING } from '../../config/defaults.ts';
import type { Environment } from '../../config/types.ts';
import { handOver } from '../data/handover.ts';
import { readToml } from '../repository.ts';
import type { DataStack } from '../stacks/data.ts';
import { TRACES_ENDPOINT } from './sidecar.ts';
import { profileOf } from './profiles.ts';

/** Variables in the open, and those that ECS fills from secrets. */
export interface Settings {
  readonly plain: Readonly<Record<string, string>>;
  readonly secret: Readonly<Record<string, ecs.Secret>>;
}

export interface SettingsProps {
  /** Where what is read from other stacks is noted. */
  readonly scope: Construct;
  readonly environment: Environment;
  readonly data: DataStack;
  readonly databaseCa: IStringParameter;
  /** The deployed unit. */
  readonly unit: string;
  /** The services that it mounts. */
  readonly mounts: readonly string[];
  /** All services, in order: read replicas are dealt out by it. */
  readonly all: readonly string[];
}

/** How every connection to PostgreSQL is made: encrypted, with the server's certificate and name checked. */
export const databaseTls = (ca: IStringParameter): Settings => ({
  plain: { PGSSLMODE: 'verify-full' },
  secret: { PGSSLROOTCERT: ecs.Secret.fromSsmParameter(ca) },
});

/** An address without a password: the password comes in `PGPASSWORD`, so that rotating it changes no address. */
export const databaseUrl = (host: string, role: string): string =>
  `postgres://${role}@${host}:${DATABASE.port}/${DATABASE.name}`;

/**
 * The one process is its own gateway: it believes the last proxy, CloudFront (the load balancer adds nothing). Each of its
 * services' metrics is sent, where the default sends those of the service that runs.
 */
const door = (mounts: readonly string[]): Settings => {
  const { cloudwatch } = readToml<{ cloudwatch: { metrics: string[] } }>('crates/common/src/config/defaults.toml');
  const metrics = cloudwatch.metrics.flatMap((name) =>
    name.includes('{service}') ? mounts.map((service) => name.replace('{service}', service)) : [name],
  );
  return { plain: { TECHMART_ALL__GATE__PROXIES: '1', TECHMART__CLOUDWATCH__METRICS: metrics.join(',') }, secret: {} };
};

/** The settings of one deployed unit. */
export function settingsOf(props: SettingsProps): Settings {
  const parts = [
    common(props),
    cache(props),
    databaseTls(props.databaseCa),
    ...(props.mounts.length > 1 ? [door(props.mounts)] : []),
    ...props.mounts.map((name) => own(name, props)),
    { plain: chosen(props), secret: {} },
  ];
  return {
    plain: Object.assign({}, ...parts.map((part) => part.plain)),
    secret: Object.assign({}, ...parts.map((part) => part.secret)),
  };
}

function common({ scope, environment, data, unit }: SettingsProps): Settings {
  const password = data.secrets.roles[unit];
  if (password === undefined) throw new Error(`no database password for ${unit}`);
  return {
    plain: {
      TECHMART__HTTP__ADDRESS: `0.0.0.0:${CONTAINER_PORT}`,
      TECHMART__HTTP__OPS_ADDRESS: `0.0.0.0:${OPS_PORT}`,
      TECHMART__HTTP__IDLE_TIMEOUT_MS: String(SERVICE_IDLE_MS),
      TECHMART__HTTP__DRAIN_MS: String(STOPPING.acceptMs),
      TECHMART__HTTP__DRAIN_HARD_MS: String(STOPPING.finishMs),
      TECHMART__SHOP__ORIGIN: `https://${environment.domain}`,
      TECHMART__SHOP__CURRENCY: environment.currency,
      TECHMART__CLOUDWATCH__ENABLED: 'true',
      TECHMART__CLOUDWATCH__NAMESPACE: METRICS_NAMESPACE,
      // Traces alone: metrics go to CloudWatch from the service, and the sidecar takes none.
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: TRACES_ENDPOINT,
      OTEL_TRACES_SAMPLER_ARG: String(environment.traceShare),
      OTEL_RESOURCE_ATTRIBUTES: `deployment.environment.name=${environment.name}`,
    },
    secret: { PGPASSWORD: handOver(scope, password, 'password'), TECHMART__DB__OTHER_PASSWORD: handOver(scope, password, 'other') },
  };
}

/** What the environment says beside: shared settings, those of mail where it is sent, and those of the mounted services. */
function chosen({ environment, mounts }: SettingsProps): Record<string, string> {
  const sendsMail = mounts.some((service) => profileOf(service).mail);
  const own = mounts.map((service) => `TECHMART_${service.toUpperCase()}__`);
  const concerns = (name: string): boolean =>
    name.startsWith('TECHMART__MAIL__') ? sendsMail : ['TECHMART__', ...own].some((prefix) => name.startsWith(prefix));
  return Object.fromEntries(Object.entries(environment.settings).filter(([name]) => concerns(name)));
}

function cache({ scope, data }: SettingsProps): Settings {
  if (data.cache === undefined) return { plain: {}, secret: {} };
  return { plain: {}, secret: { TECHMART__REDIS__URL: handOver(scope, data.cache.urlSecret) } };
}

/** What a service has under its own prefix, or shares with few. `…_PREVIOUS` is empty but while that secret is rotated. */
function own(service: string, { scope, data, all }: SettingsProps): Settings {
  const key = (name: string): string => `TECHMART_${service.toUpperCase()}__${name}`;
  const from = (secret: ISecret, field?: string): ecs.Secret => handOver(scope, secret, field);
  const { database, secrets, search } = data;
  const role = `techmart_${service}`;
  const plain: Record<string, string> = { [key('DB__URL')]: databaseUrl(database.primary.attrEndpointAddress, role) };
  const secret: Record<string, ecs.Secret> = {};
  const reader = database.readerOf(all.indexOf(service));
  if (reader !== undefined) plain[key('DB__READ_URL')] = databaseUrl(reader.attrEndpointAddress, role);

  const profile = profileOf(service);
  plain[key('DB__POOL_SIZE_MAX')] = String(profile.connections);
  if (profile.accounts) {
    secret[key('JWT__SIGNING_KEY')] = from(secrets.jwtSigningKey, 'pem');
    secret[key('PASSWORD__PEPPER')] = from(secrets.passwordPepper, 'pepper');
    secret[key('PASSWORD__PEPPER_PREVIOUS')] = from(secrets.passwordPepper, 'previous');
  }
  if (profile.mail) secret['TECHMART__MAIL__SMTP_URL'] = from(secrets.smtpUrl, 'url');
  if (profile.orderTokens !== undefined) secret['TECHMART__ORDER_TOKEN__KEY'] = from(secrets.orderTokenKey, 'key');
  if (profile.orderTokens === 'reads') secret[key('ORDER_TOKEN__KEY_PREVIOUS')] = from(secrets.orderTokenKey, 'previous');
  if (profile.payments) {
    secret[key('PAYMENT__SECRET_KEY')] = from(secrets.payment, 'secret_key');
    secret[key('PAYMENT__PUBLISHABLE_KEY')] = from(secrets.payment, 'publishable_key');
    secret[key('PAYMENT__WEBHOOK_SECRET')] = from(secrets.payment, 'webhook_secret');
    secret[key('PAYMENT__WEBHOOK_SECRET_PREVIOUS')] = from(secrets.payment, 'webhook_secret_previous');
  }
  if (profile.search && search !== undefined) {
    plain[key('SEARCH__ENGINE')] = 'opensearch';
    plain[key('OPENSEARCH__URL')] = `https://${search.domain.attrDomainEndpoint}`;
    plain[key('OPENSEARCH__REPLICAS')] = '1';
    secret[key('OPENSEARCH__USERNAME')] = from(search.secret, 'username');
    secret[key('OPENSEARCH__PASSWORD')] = from(search.secret, 'password');
  }
  return { plain, secret };
}
