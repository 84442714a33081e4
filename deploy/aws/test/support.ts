// The synthesized app, made once, and looks into its templates.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { environments } from '../config/environments.ts';
import type { Environment } from '../config/types.ts';
import { buildApp, lookupIn, type Everything, type Shop } from '../lib/app.ts';
import { stacksOf as policyStacksOf } from '../lib/policy.ts';

/** A folder that is gone with the process. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'techmart-aws-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, any>;
  readonly DependsOn?: string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** The app with environments changed by `change`. */
export function build(change: (environment: Environment) => Environment = (environment) => environment): Everything {
  const app = new App({ outdir: scratch() });
  return buildApp(app, environments(lookupIn(app)).map(change));
}

/** The app as it is; every test that changes nothing looks at this one. */
export const everything = build();

/** A key in the second region, as the stack `recovery` makes it. */
export const RECOVERY_KEY = 'arn:aws:kms:us-west-2:111122223333:key/00000000-0000-0000-0000-000000000000';

/** An environment with every switch turned. */
export const turnedOn = (environment: Environment): Environment => ({
  ...environment,
  shoppers: 'rest-api',
  database: { ...environment.database, backupCopy: { region: 'us-west-2', days: 14, keyArn: RECOVERY_KEY } },
});

/** The app with every switch turned in every environment. */
export const switched = build(turnedOn);

/** The shop of an environment. */
export function shopOf(all: Everything, name: string): Shop {
  const shop = all.shops.find(({ environment }) => environment.name === name);
  if (shop === undefined) throw new Error(`no environment ${name}`);
  return shop;
}

const templates = new WeakMap<Stack, Record<string, Resource>>();

/** The resources of a type in a stack, by logical id. */
export function resources(stack: Stack, type?: string): [id: string, resource: Resource][] {
  const known = templates.get(stack) ?? (Template.fromStack(stack).toJSON()['Resources'] as Record<string, Resource>);
  templates.set(stack, known);
  const all = Object.entries(known);
  return type === undefined ? all : all.filter(([, resource]) => resource.Type === type);
}

/** The properties of the resources of a type in a stack. */
export const propertiesOf = (stack: Stack, type: string): Record<string, any>[] =>
  resources(stack, type).map(([, resource]) => resource.Properties ?? {});

/** The properties of the one resource of a type in a stack. */
export function only(stack: Stack, type: string): Record<string, any> {
  const [first, ...others] = propertiesOf(stack, type);
  if (first === undefined || others.length > 0) throw new Error(`${stack.stackName} has not one ${type}`);
  return first;
}

/** A parameter of a stack's template. */
export const parameterOf = (stack: Stack, name: string): Record<string, any> =>
  (Template.fromStack(stack).toJSON()['Parameters'] as Record<string, Record<string, any>>)[name] ?? {};

/** The containers of a stack with one task: the program's first, then the sidecar. */
export const containersOf = (stack: Stack): Record<string, any>[] => only(stack, 'AWS::ECS::TaskDefinition')['ContainerDefinitions'];

/** The names of a container's variables, secret ones too. */
export const variablesOf = (container: Record<string, any> | undefined): string[] =>
  [...(container?.['Environment'] ?? []), ...(container?.['Secrets'] ?? [])].map(({ Name }: { Name: string }) => Name);

/** Every stack of the app. */
export const stacksOf = ({ registry }: Everything): Stack[] => policyStacksOf(registry.node.root as App);
