// What is the same everywhere.

/** How many zones each environment spans. */
export const ZONES = 3;

/** Where a container listens for requests, and where for probes and metrics. */
export const CONTAINER_PORT = 8080;
export const OPS_PORT = 9080;

/** PostgreSQL: its port, database and administrator. */
export const DATABASE = { port: 5432, name: 'techmart', admin: 'techmart_admin', version: '17.9', family: 'postgres17' } as const;

/** Redis's port. */
export const CACHE_PORT = 6379;

/** Longer than the load balancer waits on an idle connection, so that it never meets a closed one. */
export const LOAD_BALANCER_IDLE_S = 60;
export const SERVICE_IDLE_MS = 75_000;

/**
 * How a task ends: ECS takes it from the load balancer and sends SIGTERM at about the same time. The service goes on
 * accepting for `acceptMs`, then lets requests under way finish for `finishMs`; ECS kills it after `killS`.
 */
export const STOPPING = { acceptMs: 15_000, finishMs: 35_000, deregisterS: 30, killS: 60 } as const;

/** The check of a container, the same as `HEALTHCHECK` in the Dockerfile. */
export const HEALTH_CHECK = ['CMD', '/app', 'healthcheck'] as const;

/** The user in the images. */
export const CONTAINER_USER = '65532:65532';

/** Failed tasks after which a deployment is rolled back. */
export const FAILED_TASKS_MAX = 3;

/** CloudWatch's namespace of the services' own metrics. */
export const METRICS_NAMESPACE = 'TechMart';

/** Services that speak to the world outside: the payment provider, mail, other people's webhooks. */
export const SMTP_PORTS = [465, 587] as const;

/** The payment provider's origins in the pages' security policy. */
export const PAYMENT_ORIGINS = ['https://js.stripe.com', 'https://api.stripe.com', 'https://hooks.stripe.com'] as const;

/** Where CloudFront looks for its certificate and its firewall. */
export const GLOBAL_REGION = 'us-east-1';
