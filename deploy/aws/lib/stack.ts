// What all stacks share: names, tags, zones.

import { DefaultStackSynthesizer, Fn, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { GLOBAL_REGION, ZONES } from '../config/defaults.ts';
import type { Environment } from '../config/types.ts';

/** What every stack of an environment is given. */
export interface ShopStackProps {
  readonly environment: Environment;
  /** Where the stack is, if not in the environment's region. */
  readonly region?: string;
  /** Stacks with data cannot be deleted before this is taken off by hand. */
  readonly terminationProtection?: boolean;
}

/** A stack called `techmart-<environment>-<part>`. */
export class ShopStack extends Stack {
  /** The environment's settings. */
  readonly config: Environment;

  constructor(scope: Construct, part: string, props: ShopStackProps) {
    const { environment, region = environment.region } = props;
    const stackName = `techmart-${environment.name}-${part}`;
    super(scope, stackName, {
      stackName,
      env: { account: environment.account, region },
      terminationProtection: props.terminationProtection ?? false,
      analyticsReporting: false,
      // CloudFront's firewall lives elsewhere than the rest of an environment outside of that region.
      crossRegionReferences: environment.region !== GLOBAL_REGION,
      // Templates are deployed by the pipeline, too, which has no use for the bootstrap stack's parameter.
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
    });
    this.config = environment;
    Tags.of(this).add('application', 'techmart');
    Tags.of(this).add('environment', environment.name);
  }

  /** `techmart-<environment>-<suffix>`: the name of a resource whose name others must know. */
  named(suffix: string): string {
    return `techmart-${this.config.name}-${suffix}`;
  }

  /** The region's first ones, chosen when the stack is deployed: synthesis asks no account. */
  override get availabilityZones(): string[] {
    return Array.from({ length: ZONES }, (_, index) => Fn.select(index, Fn.getAzs()));
  }
}
