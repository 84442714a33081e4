// The cost model as it is written down is what the model computes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computePerMillionOrders, edgePerMillionOrders, monthly, sum, tasksOnly, tracesPerMillionOrders } from '../cost/model.ts';
import { readText } from '../lib/repository.ts';
import { loadRoutingTable } from '../lib/routing/table.ts';
import { everything } from './support.ts';

const document = readText('docs/cost-model.md');
const shows = (usd: number, what: string): void =>
  assert.ok(document.includes(usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })), `${what}: ${usd}`);

test('a million orders', () => {
  for (const way of ['vpc-origin', 'rest-api'] as const) {
    const lines = [computePerMillionOrders(), ...edgePerMillionOrders(way)];
    for (const { what, usd } of lines) shows(usd, what);
    shows(sum(lines), way);
    assert.ok(readText('docs/adr/0008-edge.md').includes(`${Math.round(sum(lines)).toLocaleString('en-US')} USD`), `the decision names another figure of ${way}`);
  }
  for (const { environment } of everything.shops) shows(tracesPerMillionOrders(environment.traceShare).usd, 'traces');
});

test('what stands ready each month', () => {
  for (const { environment, units } of everything.shops) {
    const lines = monthly(environment, units, loadRoutingTable());
    for (const { what, usd } of lines) shows(usd, `${environment.name}: ${what}`);
    shows(sum(lines), environment.name);
  }
  shows(tasksOnly(6, 2), 'six services');
  shows(tasksOnly(1, 2), 'one process');
});
