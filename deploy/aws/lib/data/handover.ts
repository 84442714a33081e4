// How a task gets a secret: by reference, with the right to read that one secret and to use the key for nothing else.

import { Names, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

/**
 * A secret of another stack as a task's variable. It is taken by its address, so that the right to read it is written
 * beside the reader: the library would write it into the key's policy, and the stacks would depend on each other.
 */
export function handOver(scope: Construct, secret: secretsmanager.ISecret, field?: string): ecs.Secret {
  return handOverArn(scope, Names.nodeUniqueId(secret.node), secret.secretArn, field);
}

/** The same for a secret that is known by its address alone. */
export function handOverArn(scope: Construct, name: string, secretCompleteArn: string, field?: string): ecs.Secret {
  const id = `Read-${name}`;
  const known = scope.node.tryFindChild(id) as secretsmanager.ISecret | undefined;
  return ecs.Secret.fromSecretsManager(known ?? secretsmanager.Secret.fromSecretCompleteArn(scope, id, secretCompleteArn), field);
}

/** Lets a role decrypt what Secrets Manager hands to it. */
export function letDecrypt(role: iam.IRole, key: IKey): void {
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(role).region}.amazonaws.com` } },
    }),
  );
}
