/**
 * DynamoDB's JSON protocol as it is, for tests that make a hundred thousand calls: the SDK takes several times as long to say the same. Neither signs,
 * retries nor times out. That the SDK says the same is what the other tests of the checkpointer show: they use it.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Agent, request } from 'node:http';

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The part of an SDK client that a saver uses. */
export type WireClient = Pick<DynamoDBClient, 'send' | 'destroy'>;

export function wireClient(endpoint: string): WireClient {
  const agent = new Agent({ keepAlive: true });
  const url = new URL(endpoint);
  const post = (operation: string, body: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'x-amz-date': '20260101T000000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
        'content-length': Buffer.byteLength(body),
      };
      const sent = request(
        { agent, host: url.hostname, port: url.port, method: 'POST', path: '/', headers },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  const send = async (command: { readonly input: object }): Promise<unknown> => {
    const operation = command.constructor.name.replace(/Command$/, '');
    const { status, text } = await post(operation, JSON.stringify(command.input, toWire));
    const answer = JSON.parse(text, fromWire) as Record<string, unknown>;
    if (status === 200) return answer;
    const {
      __type = '',
      message,
      Message,
      ...rest
    } = answer as { __type?: string; message?: string; Message?: string };
    const name = __type.slice(__type.indexOf('#') + 1);
    throw Object.assign(new Error(message ?? Message ?? name), {
      name,
      $metadata: { httpStatusCode: status },
      ...rest,
    });
  };
  return { send: send as DynamoDBClient['send'], destroy: () => agent.destroy() };
}

function toWire(this: unknown, key: string, value: unknown): unknown {
  const given = (this as Record<string, unknown>)[key]; // a Buffer has come through its toJSON already
  return given instanceof Uint8Array ? Buffer.from(given).toString('base64') : value;
}

/** An attribute value `{ B }` is the only place where a `B` is a string. */
function fromWire(key: string, value: unknown): unknown {
  return key === 'B' && typeof value === 'string' ? Buffer.from(value, 'base64') : value;
}
