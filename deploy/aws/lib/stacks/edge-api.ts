// A REST API with its stage, throttles, keys and logs: for integrators, or for shoppers where the switch says so.

import { createHash } from 'node:crypto';
import { CfnOutput } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as secrets from 'aws-cdk-lib/aws-secretsmanager';
import * as waf from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { Integrator } from '../../config/types.ts';
import { ACCESS_LOG_FORMAT, ApiLog } from '../edge/api-log.ts';
import { VIEWER_ADDRESS } from '../edge/functions.ts';
import { ShopRestApi } from '../edge/rest-api.ts';
import { WebAcl } from '../edge/web-acl.ts';
import type { RoutingTable } from '../routing/table.ts';
import { ShopStack, type ShopStackProps } from '../stack.ts';
import type { NetworkStack } from './network.ts';
import type { PlatformStack } from './platform.ts';

export interface EdgeApiProps extends ShopStackProps {
  readonly network: NetworkStack;
  readonly platform: PlatformStack;
  readonly table: RoutingTable;
  /** Who calls it. */
  readonly audience: 'integrators' | 'shoppers';
}

/** What all callers of a stage together may ask, each second. */
const STAGE = { throttlingRateLimit: 2_000, throttlingBurstLimit: 4_000 };

export class EdgeApiStack extends ShopStack {
  readonly rest: ShopRestApi;
  readonly stage: apigateway.CfnStage;
  /** The key that CloudFront shows; without it the API's own address answers nobody. */
  readonly edgeKey?: secrets.Secret;

  constructor(scope: Construct, props: EdgeApiProps) {
    super(scope, `edge-${props.audience}`, props);
    const { network, platform, table, audience } = props;
    const link = new apigatewayv2.CfnVpcLink(this, 'VpcLink', {
      name: this.named(audience),
      subnetIds: network.vpc.selectSubnets({ subnetGroupName: 'app' }).subnetIds,
      securityGroupIds: [network.firewall.vpcLink.securityGroupId],
    });
    const forShoppers = audience === 'shoppers';
    this.rest = new ShopRestApi(this, 'Rest', {
      name: this.named(audience),
      routes: table.routes,
      vpcLinkId: link.ref,
      loadBalancerArn: platform.loadBalancer.loadBalancerArn,
      host: this.config.domain,
      ...(forShoppers ? { viewerAddress: VIEWER_ADDRESS } : {}),
    });
    this.stage = this.makeStage(props);
    this.protect(props);
    if (forShoppers) this.edgeKey = this.addEdgeKey();
    else for (const integrator of this.config.integrators) this.addIntegrator(integrator);
    if (!forShoppers) this.addDomain();
  }

  private makeStage({ network, audience }: EdgeApiProps): apigateway.CfnStage {
    // A deployment is a picture of the methods: its name changes with them, so that each change is deployed.
    const deployment = new apigateway.CfnDeployment(this, `Deployment-${fingerprint(this.rest)}`, { restApiId: this.rest.api.ref });
    for (const method of this.rest.methods) deployment.addResourceDependency(method);
    const log = new ApiLog(this, 'AccessLog', { name: this.named(audience), bucket: network.logs });
    return new apigateway.CfnStage(this, 'Stage', {
      restApiId: this.rest.api.ref,
      deploymentId: deployment.ref,
      stageName: 'shop',
      tracingEnabled: true,
      accessLogSetting: { destinationArn: log.streamArn, format: ACCESS_LOG_FORMAT },
      methodSettings: [{ resourcePath: '/*', httpMethod: '*', metricsEnabled: true, dataTraceEnabled: false, ...STAGE }],
    });
  }

  private protect({ table, audience }: EdgeApiProps): void {
    const acl = new WebAcl(this, 'Waf', {
      name: this.stackName,
      scope: 'REGIONAL',
      // Behind CloudFront every request comes from few addresses, and CloudFront's own firewall has counted them.
      table: audience === 'integrators' ? table : { ...table, rateClasses: [] },
      logDays: this.config.logDays,
    });
    new waf.CfnWebACLAssociation(this, 'WafOfStage', {
      webAclArn: acl.arn,
      resourceArn: `arn:aws:apigateway:${this.region}::/restapis/${this.rest.api.ref}/stages/${this.stage.ref}`,
    });
  }

  /** One plan and one key for each integrator; API Gateway makes the key's value. */
  private addIntegrator({ name, requestsPerSecond, burst, requestsPerMonth }: Integrator): void {
    const plan = this.plan(name, {
      throttle: { rateLimit: requestsPerSecond, burstLimit: burst },
      quota: { limit: requestsPerMonth, period: 'MONTH' },
    });
    const key = new apigateway.CfnApiKey(this, `Key-${name}`, { name: this.named(name), enabled: true });
    new apigateway.CfnUsagePlanKey(this, `PlanKey-${name}`, { keyId: key.ref, keyType: 'API_KEY', usagePlanId: plan.ref });
  }

  private addEdgeKey(): secrets.Secret {
    const secret = new secrets.Secret(this, 'EdgeKey', {
      secretName: `techmart/${this.config.name}/edge-key`,
      description: 'The key that CloudFront shows to the REST API',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    const plan = this.plan('edge', {
      throttle: { rateLimit: STAGE.throttlingRateLimit, burstLimit: STAGE.throttlingBurstLimit },
    });
    const key = new apigateway.CfnApiKey(this, 'Key-edge', {
      name: this.named('edge'),
      enabled: true,
      value: secret.secretValue.unsafeUnwrap(),
    });
    new apigateway.CfnUsagePlanKey(this, 'PlanKey-edge', { keyId: key.ref, keyType: 'API_KEY', usagePlanId: plan.ref });
    return secret;
  }

  private plan(name: string, limits: Pick<apigateway.CfnUsagePlanProps, 'throttle' | 'quota'>): apigateway.CfnUsagePlan {
    return new apigateway.CfnUsagePlan(this, `Plan-${name}`, {
      usagePlanName: this.named(name),
      apiStages: [{ apiId: this.rest.api.ref, stage: this.stage.ref }],
      ...limits,
    });
  }

  private addDomain(): void {
    const { integratorsDomain, certificates } = this.config;
    if (integratorsDomain === undefined) return;
    const domain = new apigateway.CfnDomainName(this, 'Domain', {
      domainName: integratorsDomain,
      regionalCertificateArn: certificates.regional,
      endpointConfiguration: { types: ['REGIONAL'] },
      securityPolicy: 'TLS_1_2',
    });
    new apigateway.CfnBasePathMapping(this, 'Mapping', {
      domainName: domain.ref,
      restApiId: this.rest.api.ref,
      stage: this.stage.ref,
    });
    new CfnOutput(this, 'IntegratorsName', { description: `${integratorsDomain} is an alias of it`, value: domain.attrRegionalDomainName });
  }
}

/** Changes when a method or what it does changes. */
function fingerprint(rest: ShopRestApi): string {
  const stack = rest.api.stack;
  const shapes = rest.methods.map((method) => stack.resolve([method.node.id, method.requestParameters, method.integration]));
  return createHash('sha256').update(JSON.stringify(shapes)).digest('hex').slice(0, 10);
}
