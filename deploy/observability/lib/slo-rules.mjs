// Recording and alerting rules of Prometheus from the objectives.

import { budget } from './slo.mjs';

const REQUESTS = 'techmart_http_request_duration_seconds';
/** How often the rules are evaluated. The number of bad requests is counted with it. */
const INTERVAL_S = 60;

/** The text of prometheus/rules/slo.yml. */
export function sloRules({ badRequestsMin, slos, burns }) {
  const windows = [...new Set(burns.flatMap((burn) => [burn.short_minutes, burn.long_minutes]))].sort((a, b) => a - b);
  const lines = [
    '# Generated from slo.toml by `node deploy/observability/generate.mjs`; change that file instead.',
    'groups:',
    '  # One group, so that its rules follow one another: first the requests that were bad and all that count, in five minutes; then their',
    '  # shares in longer windows, which add these up and so cost as little for three days as for one hour; then the alerts.',
    '  - name: slo',
    `    interval: ${INTERVAL_S}s`,
    '    rules:',
  ];
  for (const slo of slos) lines.push(...requestRules(slo));
  const counted = new Set(burns.map((burn) => burn.long_minutes));
  for (const slo of slos) for (const minutes of windows) lines.push(...ratioRules(slo, minutes, counted.has(minutes)));
  for (const slo of slos) for (const burn of burns) lines.push(...burnRule(slo, burn, badRequestsMin));
  return `${lines.join('\n')}\n`;
}

function requestRules(slo) {
  const service = slo.service === 'all' ? [] : [`service="${slo.service}"`];
  const rate = (suffix, matchers) => `sum(rate(${REQUESTS}_${suffix}{${[...service, ...matchers].join(',')}}[5m]))`;
  const served = 'status!~"5.."';
  const [bad, total] =
    slo.kind === 'availability'
      ? [`${rate('count', ['status=~"5.."'])} or 0 * ${rate('count', [])}`, rate('count', [])]
      : [
          `${rate('count', [served])} - (${rate('bucket', [served, within(slo.threshold_ms)])} or 0 * ${rate('count', [served])})`,
          rate('count', [served]),
        ];
  return [...record('techmart_slo:bad_requests:rate5m', slo, bad), ...record('techmart_slo:requests:rate5m', slo, total)];
}

/** Prometheus 2 keeps `le="1"`, Prometheus 3 makes it `le="1.0"`. */
function within(thresholdMs) {
  const seconds = String(thresholdMs / 1000);
  return seconds.includes('.') ? `le="${seconds}"` : `le=~"${seconds}(?:[.]0)?"`;
}

function ratioRules(slo, minutes, counted) {
  const over = (name) => `sum_over_time(techmart_slo:${name}:rate5m{slo="${slo.name}"}[${duration(minutes)}])`;
  const ratio =
    minutes === 5
      ? `techmart_slo:bad_requests:rate5m{slo="${slo.name}"} / (techmart_slo:requests:rate5m{slo="${slo.name}"} > 0)`
      : `${over('bad_requests')} / (${over('requests')} > 0)`;
  return [
    ...record(`techmart_slo:error_ratio:rate${duration(minutes)}`, slo, ratio),
    ...(counted ? record(`techmart_slo:bad_requests:sum${duration(minutes)}`, slo, `${INTERVAL_S} * ${over('bad_requests')}`) : []),
  ];
}

function burnRule(slo, burn, badRequestsMin) {
  const limit = Number((burn.factor * budget(slo)).toFixed(8));
  const [long, short] = [duration(burn.long_minutes), duration(burn.short_minutes)];
  const series = (name) => `techmart_slo:${name}{slo="${slo.name}"}`;
  const what =
    slo.kind === 'availability'
      ? `of the requests to ${whose(slo)} failed`
      : `of the requests to ${whose(slo)} took longer than ${slo.threshold_ms} ms`;
  return [
    `      - alert: ${slo.kind === 'availability' ? 'Availability' : 'Latency'}BudgetBurning`,
    `        expr: ${series(`error_ratio:rate${long}`)} > ${limit} and ${series(`error_ratio:rate${short}`)} > ${limit} and ${series(`bad_requests:sum${long}`)} >= ${badRequestsMin}`,
    '        labels:',
    `          slo: ${slo.name}`,
    `          service: ${slo.service}`,
    `          severity: ${burn.severity}`,
    `          long_window: ${long}`,
    '        annotations:',
    `          summary: '{{ $value | humanizePercentage }} ${what} in ${long}; ${slo.objective_percent} % must not.'`,
    `          runbook_url: ${slo.runbook}`,
  ];
}

function record(name, slo, expr) {
  return [
    `      - record: ${name}`,
    `        expr: ${expr}`,
    '        labels:',
    `          slo: ${slo.name}`,
    `          service: ${slo.service}`,
  ];
}

function whose(slo) {
  return slo.service === 'all' ? 'the shop' : slo.service;
}

/** 90 is `90m`, 360 is `6h`, 4320 is `3d`. */
function duration(minutes) {
  if (minutes % 1440 === 0) return `${minutes / 1440}d`;
  if (minutes % 60 === 0) return `${minutes / 60}h`;
  return `${minutes}m`;
}
