/** Synthesises variants of the construct, without bundling the function, and reads what matters out of a template. */
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HoldpointStack, type HoldpointStackProps } from '../../infra/stack.ts';

export const NO_BUNDLING = { 'aws:cdk:bundling-stacks': [] };

export function synth(props: HoldpointStackProps = {}): Template {
  return Template.fromStack(new HoldpointStack(new App({ context: NO_BUNDLING }), 'Test', props));
}

// oxlint-disable-next-line typescript/no-explicit-any -- a CloudFormation template has no type.
export type Properties = Record<string, any>;

/** The properties of the only resource of this type. */
export function only(template: Template, type: string): Properties {
  const [found, ...others] = Object.values(template.findResources(type));
  if (!found || others.length > 0) throw new Error(`Expected exactly one resource of type ${type}.`);
  return found['Properties'];
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** Every IAM statement of the template, wherever it is attached. */
export function statements(template: Template): readonly Statement[] {
  return Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    (policy) => policy['Properties'].PolicyDocument.Statement,
  );
}

/** What the deployed function may do in DynamoDB, to compare with what the checkpointer really does: `Query`, or `Query threads` on an index. */
export function dynamodbActions(template: Template): readonly string[] {
  return statements(template)
    .flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action}${indexIn(resource)}`)),
    )
    .filter((action) => action.startsWith('dynamodb:'))
    .map((action) => action.slice('dynamodb:'.length))
    .toSorted();
}

function indexIn(resource: unknown): string {
  const [, index] = /\/index\/([^"]+)"/.exec(JSON.stringify(resource)) ?? [];
  return index === undefined ? '' : ` ${index}`;
}

/** Every method of the API under its "METHOD /path". */
export function methods(template: Template): ReadonlyMap<string, Properties> {
  const resources = template.findResources('AWS::ApiGateway::Resource');
  const path = (id: Properties): string => {
    const resource: Properties | undefined = resources[id['Ref']]?.['Properties'];
    return resource ? `${path(resource['ParentId'])}/${resource['PathPart']}` : '';
  };
  return new Map(
    Object.values(template.findResources('AWS::ApiGateway::Method')).map(({ Properties: method }) => [
      `${method.HttpMethod} ${path(method.ResourceId) || '/'}`,
      method,
    ]),
  );
}
