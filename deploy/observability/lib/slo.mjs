// The objectives of slo.toml, read and judged.

import { readFileSync } from 'node:fs';

import { parseToml } from './toml.mjs';

const SERVICES = ['auth', 'catalog', 'cart', 'checkout', 'orders', 'search', 'all'];
const SLO_KEYS = ['name', 'service', 'kind', 'objective_percent', 'threshold_ms', 'window_days', 'runbook'];
const BURN_KEYS = ['severity', 'long_minutes', 'short_minutes', 'factor'];

/**
 * The objectives and burn rates of the file.
 * @returns {{ badRequestsMin: number, slos: object[], burns: object[] }}
 */
export function readSlos(file) {
  const { bad_requests_min: badRequestsMin, slo: slos = [], burn: burns = [], ...rest } = parseToml(readFileSync(file, 'utf8'));
  const unknown = Object.keys(rest);
  if (unknown.length > 0) throw new Error(`slo.toml: unknown ${unknown.join(', ')}`);
  return { badRequestsMin, slos, burns };
}

/** What is wrong with them, one line each. `bucketsMs` are the bounds of the histogram of requests. */
export function judgeSlos({ badRequestsMin, slos, burns }, bucketsMs) {
  const wrong = [];
  if (!(badRequestsMin >= 1)) wrong.push('slo.toml: bad_requests_min must be 1 or more');
  if (slos.length === 0 || burns.length === 0) wrong.push('slo.toml: no objectives or no burn rates');
  if (new Set(slos.map((slo) => slo.name)).size < slos.length) wrong.push('slo.toml: a name is used twice');
  for (const slo of slos) {
    const say = (text) => wrong.push(`slo.toml: ${slo.name}: ${text}`);
    const unknown = Object.keys(slo).filter((key) => !SLO_KEYS.includes(key));
    if (unknown.length > 0) say(`unknown ${unknown.join(', ')}`);
    if (!/^[a-z][a-z-]*$/.test(slo.name ?? '')) say('the name must be small letters and hyphens');
    if (!SERVICES.includes(slo.service)) say(`there is no service ${slo.service}`);
    if (!['availability', 'latency'].includes(slo.kind)) say(`there is no kind ${slo.kind}`);
    if (!(slo.objective_percent > 50 && slo.objective_percent < 100)) say('the objective must be between 50 and 100');
    if (slo.window_days !== 28) say('the burn rates are made for 28 days');
    if (slo.kind === 'latency' && !bucketsMs.includes(slo.threshold_ms))
      say(`${slo.threshold_ms} ms is no bucket of ${bucketsMs.join(', ')}`);
    if (slo.kind === 'availability' && slo.threshold_ms !== undefined) say('availability has no threshold');
  }
  for (const burn of burns) {
    const unknown = Object.keys(burn).filter((key) => !BURN_KEYS.includes(key));
    const sound =
      ['page', 'ticket'].includes(burn.severity) && burn.short_minutes >= 5 && burn.short_minutes < burn.long_minutes && burn.factor > 0;
    if (unknown.length > 0 || !sound) wrong.push(`slo.toml: a burn rate cannot be used: ${JSON.stringify(burn)}`);
  }
  return wrong;
}

/** The share of requests that may be bad, as a number from 0 to 1 without the dust of binary fractions. */
export function budget(slo) {
  return Number((1 - slo.objective_percent / 100).toFixed(8));
}

/** `PaymentAmountMismatch` is `payment-amount-mismatch`. */
export function kebab(name) {
  return name.replace(/(?!^)([A-Z])/g, '-$1').toLowerCase();
}
