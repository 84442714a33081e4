// Prints the cost model as Markdown: `npm run cost`.

import { environments } from '../config/environments.ts';
import { loadRoutingTable, servicesOf } from '../lib/routing/table.ts';
import { computePerMillionOrders, edgePerMillionOrders, monthly, REQUESTS, sum, tasksOnly, tracesPerMillionOrders, type Line } from './model.ts';

const usd = (value: number): string => value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const rows = (lines: readonly Line[]): string[] => lines.map((line) => `| ${line.what} | ${usd(line.usd)} |`);
const heading = (title: string): string[] => ['', `### ${title}`, '', '| | USD |', '| --- | ---: |'];

const out: string[] = [];
const table = loadRoutingTable();
const services = servicesOf(table);

const straight = edgePerMillionOrders('vpc-origin');
const rest = edgePerMillionOrders('rest-api');
const compute = computePerMillionOrders();
out.push(...heading(`A million orders, ${REQUESTS} API requests each: shoppers straight to the load balancer (\`vpc-origin\`)`));
out.push(...rows([compute, ...straight]), `| **together** | **${usd(sum([compute, ...straight]))}** |`);
out.push(...heading('The same through a REST API (`rest-api`)'));
out.push(...rows([compute, ...rest]), `| **together** | **${usd(sum([compute, ...rest]))}** |`);
out.push(`| what the REST API adds | ${usd(sum(rest) - sum(straight))} |`);

const shares = [...new Set([...environments(() => undefined).map(({ traceShare }) => traceShare), 1])].sort((a, b) => a - b);
out.push(...heading('Traces of a million orders'));
out.push(...rows(shares.map(tracesPerMillionOrders)));

const six = tasksOnly(6, 2);
const one = tasksOnly(1, 2);
out.push(...heading('Tasks alone each month, 0.25 vCPU and 0.5 GiB each'));
out.push(...rows([
  { what: 'six services × two tasks', usd: six },
  { what: 'one process × two tasks', usd: one },
]));
out.push(`| six services cost | ${(six / one).toFixed(1)} times as much |`);

for (const environment of environments(() => undefined)) {
  const lines = monthly(environment, environment.composition === 'single' ? ['techmart'] : services, table);
  out.push(...heading(`What stands ready each month: ${environment.name}`));
  out.push(...rows(lines), `| **together** | **${usd(sum(lines))}** |`);
}
console.log(out.join('\n').trimStart());
