// Access logs of a REST API, through Firehose into the bucket of access logs.

import { Stack } from 'aws-cdk-lib';
import * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { LOG_PREFIX } from '../network/log-bucket.ts';

/** What is written of each request: never a header, a query or a body. */
export const ACCESS_LOG_FORMAT = JSON.stringify({
  at: '$context.requestTimeEpoch',
  request_id: '$context.requestId',
  method: '$context.httpMethod',
  route: '$context.resourcePath',
  status: '$context.status',
  duration_ms: '$context.responseLatency',
  integration_ms: '$context.integrationLatency',
  bytes: '$context.responseLength',
  key: '$context.identity.apiKeyId',
  address: '$context.identity.sourceIp',
});

export class ApiLog extends Construct {
  readonly streamArn: string;

  constructor(scope: Construct, id: string, props: { readonly name: string; readonly bucket: IBucket }) {
    super(scope, id);
    const { bucket } = props;
    const prefix = `${LOG_PREFIX.api}/${props.name}/`;
    const { account } = Stack.of(this);
    const role = new iam.Role(this, 'Role', {
      description: 'Writes access logs',
      assumedBy: new iam.ServicePrincipal('firehose.amazonaws.com', {
        conditions: { StringEquals: { 'sts:ExternalId': account } },
      }),
    });
    const leave = new iam.Policy(this, 'Leave', {
      roles: [role],
      statements: [
        new iam.PolicyStatement({ actions: ['s3:PutObject', 's3:AbortMultipartUpload'], resources: [bucket.arnForObjects(`${LOG_PREFIX.api}*`)] }),
        new iam.PolicyStatement({
          actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
          resources: [bucket.bucketArn],
        }),
      ],
    });
    const stream = new firehose.CfnDeliveryStream(this, 'Stream', {
      // API Gateway asks for this prefix.
      deliveryStreamName: `amazon-apigateway-${props.name}`,
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: bucket.bucketArn,
        roleArn: role.roleArn,
        prefix,
        errorOutputPrefix: `${LOG_PREFIX.api}-failed/${props.name}/`,
        compressionFormat: 'GZIP',
        bufferingHints: { intervalInSeconds: 300, sizeInMBs: 16 },
      },
    });
    stream.node.addDependency(leave);
    this.streamArn = stream.attrArn;
  }
}
