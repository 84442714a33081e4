// What the stacks of delivery share: they belong to no environment.

import { DefaultStackSynthesizer, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Delivery } from '../../config/types.ts';

export class DeliveryStack extends Stack {
  constructor(scope: Construct, part: string, place: Pick<Delivery, 'account' | 'region'>) {
    const stackName = `techmart-${part}`;
    super(scope, stackName, {
      stackName,
      env: { account: place.account, region: place.region },
      terminationProtection: true,
      analyticsReporting: false,
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
    });
    Tags.of(this).add('application', 'techmart');
  }
}
