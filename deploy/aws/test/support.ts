// The synthesized app, once for all tests of a file.

import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { environments } from '../config/environments.ts';
import type { Environment } from '../config/types.ts';
import { buildApp, lookupIn, type Everything } from '../lib/app.ts';
import { stacksOf as policyStacksOf } from '../lib/policy.ts';

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, any>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** The app with environments changed by `change`. */
export function build(change: (environment: Environment) => Environment = (environment) => environment): Everything {
  const app = new App();
  return buildApp(app, environments(lookupIn(app)).map(change));
}

/** The shop of an environment. */
export function shopOf(everything: Everything, name: string) {
  const shop = everything.shops.find(({ environment }) => environment.name === name);
  if (shop === undefined) throw new Error(`no environment ${name}`);
  return shop;
}

/** The resources of a type in a stack, by logical id. */
export function resources(stack: Stack, type?: string): [id: string, resource: Resource][] {
  const all = Object.entries(Template.fromStack(stack).toJSON()['Resources'] as Record<string, Resource>);
  return type === undefined ? all : all.filter(([, resource]) => resource.Type === type);
}

/** The properties of the resources of a type in a stack. */
export const propertiesOf = (stack: Stack, type: string): Record<string, any>[] =>
  resources(stack, type).map(([, resource]) => resource.Properties ?? {});

/** Every stack of the app. */
export const stacksOf = ({ registry }: Everything): Stack[] => policyStacksOf(registry.node.root as App);
