/**
 * The app that `npx cdk` runs. Context chooses the variant:
 *
 *   -c stage=dev             name of the stage, part of the stack's name (default: prod); dev is deleted with its stack
 *   -c buffered=true         answers in one piece, for `sam local start-api`
 *   -c dynamodbEndpoint=...  a DynamoDB-compatible server, for `sam local start-api`; needs buffered
 */
import { App, RemovalPolicy } from 'aws-cdk-lib';
import { HoldpointStack } from './stack.ts';

export const app = new App();
const stage = text('stage') ?? 'prod';
const buffered = flag('buffered');
const dynamodbEndpoint = text('dynamodbEndpoint');
if (dynamodbEndpoint !== undefined && !buffered) {
  throw new Error('-c dynamodbEndpoint is for sam local start-api only: give -c buffered=true with it.');
}

new HoldpointStack(app, `Holdpoint-${stage}`, {
  description: `Holdpoint (${stage}): graphs that stop for people`,
  removalPolicy: stage === 'dev' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
  buffered,
  ...(dynamodbEndpoint === undefined ? {} : { dynamodbEndpoint }),
});

function text(name: string): string | undefined {
  const value: unknown = app.node.tryGetContext(name);
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw new Error(`Context "${name}": expected a text, got ${JSON.stringify(value)}.`);
}

function flag(name: string): boolean {
  const value: unknown = app.node.tryGetContext(name) ?? false;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new Error(`Context "${name}": expected true or false, got ${JSON.stringify(value)}.`);
}
