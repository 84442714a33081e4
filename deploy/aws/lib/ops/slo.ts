// The service level objectives, `deploy/observability/slo.toml`: the same file from which Prometheus' rules are made.

import { readToml } from '../repository.ts';

/** What shall hold. */
export interface Slo {
  readonly name: string;
  /** One of the services, or `all`. */
  readonly service: string;
  readonly kind: 'availability' | 'latency';
  readonly objective_percent: number;
  /** For latency: answers slower than this are bad. */
  readonly threshold_ms?: number;
  readonly window_days: number;
  /** From the root of the repository. */
  readonly runbook: string;
}

/** How fast a budget may burn before somebody is told. */
export interface Burn {
  readonly severity: 'page' | 'ticket';
  readonly long_minutes: number;
  readonly short_minutes: number;
  readonly factor: number;
}

/** The whole file. */
export interface SloFile {
  /** So few bad requests in a window never alert. */
  readonly bad_requests_min: number;
  readonly slo: readonly Slo[];
  readonly burn: readonly Burn[];
}

export const loadSlos = (): SloFile => readToml<SloFile>('deploy/observability/slo.toml');
