/** A stack with one `Holdpoint` in it, and as outputs what its operator and its callers need. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Holdpoint, type HoldpointProps } from './holdpoint.ts';

export interface HoldpointStackProps extends StackProps, HoldpointProps {
  /**
   * A DynamoDB-compatible server to use instead of DynamoDB: for `sam local start-api`.
   * @default - DynamoDB of the stack's region
   */
  readonly dynamodbEndpoint?: string;
}

export class HoldpointStack extends Stack {
  readonly holdpoint: Holdpoint;

  constructor(scope: Construct, id: string, props: HoldpointStackProps = {}) {
    super(scope, id, props);
    this.holdpoint = new Holdpoint(this, 'Holdpoint', props);
    if (props.dynamodbEndpoint !== undefined) {
      this.holdpoint.function.addEnvironment('DYNAMODB_ENDPOINT', props.dynamodbEndpoint);
    }

    new CfnOutput(this, 'ApiUrl', { value: this.holdpoint.url });
    new CfnOutput(this, 'TableName', { value: this.holdpoint.table.tableName });
    if (this.holdpoint.apiKey) new CfnOutput(this, 'ApiKeyId', { value: this.holdpoint.apiKey.keyId });
  }
}
