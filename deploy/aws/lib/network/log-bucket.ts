// Access and flow logs: one bucket, a prefix for each writer, gone after a year.

import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/** Prefixes of the writers. */
export const LOG_PREFIX = {
  buckets: 's3',
  cloudFront: 'cloudfront',
  api: 'api',
  loadBalancer: 'alb',
  flow: 'vpc',
} as const;

/** The bucket of all access logs of an environment. */
export class LogBucket extends s3.Bucket {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      // The load balancer writes only to buckets encrypted by S3's own key.
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: false,
      // CloudFront hands logs over by an access list.
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_PREFERRED,
      serverAccessLogsPrefix: `${LOG_PREFIX.buckets}/`,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        {
          id: 'age',
          transitions: [{ storageClass: s3.StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(30) }],
          expiration: Duration.days(365),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
  }
}
