// What a second region needs before backups are copied to it: the key that encrypts them there.

import { CfnOutput, RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { ShopStack, type ShopStackProps } from '../stack.ts';

export class RecoveryStack extends ShopStack {
  constructor(scope: Construct, props: ShopStackProps & { readonly region: string }) {
    super(scope, 'recovery', { ...props, terminationProtection: true });
    const key = new kms.Key(this, 'Key', {
      alias: this.named('recovery'),
      description: 'Copies of backups from the region of the shop',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    new CfnOutput(this, 'KeyArn', { description: `The context ${this.config.name}RecoveryKey`, value: key.keyArn });
  }
}
