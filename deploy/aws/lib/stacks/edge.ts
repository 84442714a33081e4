// CloudFront: pages from S3, the API by the way that the switch names.

import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { apiFunction, PAGES_FUNCTION } from '../edge/functions.ts';
import { pageHeaders, policyOf } from '../edge/headers.ts';
import { LOG_PREFIX } from '../network/log-bucket.ts';
import { apiPatterns, cachedPatterns } from '../routing/cdn-paths.ts';
import type { RoutingTable } from '../routing/table.ts';
import { ShopStack, type ShopStackProps } from '../stack.ts';
import type { EdgeApiStack } from './edge-api.ts';
import type { EdgeFirewallStack } from './edge-firewall.ts';
import type { NetworkStack } from './network.ts';
import type { PlatformStack } from './platform.ts';

export interface EdgeProps extends ShopStackProps {
  readonly network: NetworkStack;
  readonly platform: PlatformStack;
  readonly firewall: EdgeFirewallStack;
  readonly table: RoutingTable;
  /** The REST API for shoppers; none, CloudFront goes straight to the load balancer. */
  readonly shoppersApi?: EdgeApiStack;
}

/** Longer than the slowest route may take. */
const READ_TIMEOUT = Duration.seconds(35);
/** Shorter than the load balancer keeps an idle connection. */
const KEEP_ALIVE = Duration.seconds(50);
/** What an origin behind a public name may take at most, unless AWS raises the quota. */
const PUBLIC_READ_TIMEOUT = Duration.seconds(60);

export class EdgeStack extends ShopStack {
  readonly pages: s3.Bucket;
  readonly distribution: cloudfront.Distribution;

  constructor(scope: Construct, props: EdgeProps) {
    super(scope, 'edge', { ...props, terminationProtection: true });
    const { certificates, domain } = this.config;
    this.pages = this.pagesBucket(props);
    this.distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: this.stackName,
      domainNames: [domain],
      certificate: acm.Certificate.fromCertificateArn(this, 'Certificate', certificates.edge),
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      webAclId: props.firewall.acl.arn,
      defaultRootObject: 'index.html',
      defaultBehavior: this.pagesBehavior(),
      additionalBehaviors: this.apiBehaviors(props),
      enableLogging: true,
      logBucket: props.network.logs,
      logFilePrefix: `${LOG_PREFIX.cloudFront}/`,
      logIncludesCookies: false,
    });
    new CfnOutput(this, 'ShopName', { description: `${domain} is an alias of it`, value: this.distribution.distributionDomainName });
  }

  private pagesBucket({ network }: EdgeProps): s3.Bucket {
    return new s3.Bucket(this, 'Pages', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // An older page finds its assets, and a bad upload can be taken back.
      versioned: true,
      lifecycleRules: [{ id: 'old', noncurrentVersionExpiration: Duration.days(30) }],
      serverAccessLogsBucket: network.logs,
      serverAccessLogsPrefix: `${LOG_PREFIX.buckets}/pages/`,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** How long a page is kept is written on each object when it is uploaded: pages not at all, assets for ever. */
  private pagesBehavior(): cloudfront.BehaviorOptions {
    return {
      // With the right to list, a missing asset is 404 and not 403.
      origin: origins.S3BucketOrigin.withOriginAccessControl(this.pages, {
        originAccessLevels: [cloudfront.AccessLevel.READ, cloudfront.AccessLevel.LIST],
      }),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD,
      cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
      compress: true,
      responseHeadersPolicy: new cloudfront.ResponseHeadersPolicy(this, 'PageHeaders', {
        responseHeadersPolicyName: this.named('pages'),
        ...policyOf(pageHeaders()),
      }),
      functionAssociations: [this.onRequest('PagesFunction', PAGES_FUNCTION)],
    };
  }

  private apiBehaviors(props: EdgeProps): Record<string, cloudfront.BehaviorOptions> {
    const shared = {
      origin: this.apiOrigin(props),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
      // API Gateway knows its own name only; the load balancer's certificate is the shop's.
      originRequestPolicy:
        props.shoppersApi === undefined
          ? cloudfront.OriginRequestPolicy.ALL_VIEWER
          : cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      functionAssociations: [this.onRequest('ApiFunction', apiFunction())],
    };
    const { routes } = props.table;
    // For as long as the service says, by path and query alone: a cookie changes no picture.
    const media = new cloudfront.CachePolicy(this, 'Pictures', {
      cachePolicyName: this.named('pictures'),
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(0),
      maxTtl: Duration.days(365),
      queryStringBehavior: cloudfront.CacheQueryStringBehavior.all(),
      enableAcceptEncodingGzip: true,
      enableAcceptEncodingBrotli: true,
    });
    const cached = cachedPatterns(routes).map((pattern) => [
      pattern,
      {
        ...shared,
        allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD,
        cachePolicy: media,
      },
    ]);
    const fresh = apiPatterns(routes).map((pattern) => [
      pattern,
      { ...shared, allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL, cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED },
    ]);
    return Object.fromEntries([...cached, ...fresh]) as Record<string, cloudfront.BehaviorOptions>;
  }

  private apiOrigin({ platform, shoppersApi }: EdgeProps): cloudfront.IOrigin {
    if (shoppersApi?.edgeKey !== undefined) {
      const { rest, stage, edgeKey } = shoppersApi;
      return new origins.HttpOrigin(`${rest.api.ref}.execute-api.${this.region}.amazonaws.com`, {
        originPath: `/${stage.ref}`,
        protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        readTimeout: PUBLIC_READ_TIMEOUT,
        customHeaders: { 'x-api-key': edgeKey.secretValue.unsafeUnwrap() },
      });
    }
    return origins.VpcOrigin.withApplicationLoadBalancer(platform.loadBalancer, {
      vpcOriginName: this.named('load-balancer'),
      protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
      readTimeout: READ_TIMEOUT,
      keepaliveTimeout: KEEP_ALIVE,
    });
  }

  private onRequest(id: string, code: string): cloudfront.FunctionAssociation {
    return {
      eventType: cloudfront.FunctionEventType.VIEWER_REQUEST,
      function: new cloudfront.Function(this, id, {
        code: cloudfront.FunctionCode.fromInline(code),
        runtime: cloudfront.FunctionRuntime.JS_2_0,
      }),
    };
  }
}
