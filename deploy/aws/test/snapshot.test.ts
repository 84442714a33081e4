// What the templates hold, so that a change of the code shows what it changes in AWS. `npm run snapshot` takes it anew.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Template } from 'aws-cdk-lib/assertions';
import { everything, stacksOf } from './support.ts';

const FOLDER = join(import.meta.dirname, 'snapshots');
const TAKE_ANEW = process.env['UPDATE_SNAPSHOTS'] === '1';
/** Small and staging are the same code with other sizes; what is made from routes and objectives has tests of its own. */
const SHOWN = /^techmart-(production-(network|data|platform|migrations|service-\w+|edge|access)|registry|pipeline)$/;
const GENERATED = new Set(['AWS::ElasticLoadBalancingV2::ListenerRule']);

const shown = stacksOf(everything).filter(({ stackName }) => SHOWN.test(stackName));

for (const stack of shown) {
  test(`${stack.stackName} is what it was`, () => {
    const template = Template.fromStack(stack).toJSON() as { Resources: Record<string, { Type: string }> };
    const Resources = Object.fromEntries(Object.entries(template.Resources).filter(([, { Type }]) => !GENERATED.has(Type)));
    const text = `${JSON.stringify({ ...template, Resources }, undefined, 1)}\n`;
    const file = join(FOLDER, `${stack.stackName}.json`);
    if (TAKE_ANEW) writeFileSync(file, text);
    assert.ok(existsSync(file) && readFileSync(file, 'utf8') === text, `${stack.stackName} differs: look with \`npm run snapshot && git diff\``);
  });
}

test('no picture is left of a stack that is gone', () => {
  assert.deepEqual(readdirSync(FOLDER).sort(), shown.map(({ stackName }) => `${stackName}.json`).sort());
});
