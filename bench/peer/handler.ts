/**
 * What somebody writes who serves the refund graph with LangGraph.js on Lambda: invoke and resume, threads in DynamoDB. The graph is
 * Holdpoint's own example; the bench bundles it with its import changed to `@langchain/langgraph`. It checks nothing, streams nothing and
 * handles no error, so it is smaller than a handler that could be deployed.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Command } from '@langchain/langgraph';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { Checkpointer } from '../../core/index.ts';
import { refundGraph } from '../../functions/graphs/refund.ts';
import { ThinDynamoDBSaver } from './saver.ts';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const saver = new ThinDynamoDBSaver(client, process.env['CHECKPOINTS']!, process.env['WRITES']!);
const graph = refundGraph((order, amount) => `${amount} EUR for ${order}`, saver as unknown as Checkpointer);

export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const { input, answers } = JSON.parse(event.body ?? '{}') as { input: object; answers: Record<string, unknown> };
  const threadId = event.pathParameters?.['thread_id'] ?? crypto.randomUUID();
  const config = { configurable: { thread_id: threadId }, durability: 'exit' as const };
  const resumed = new Command({ resume: answers }) as unknown as Parameters<typeof graph.invoke>[0];
  const { __interrupt__: interrupts = [], ...values } = await graph.invoke(answers ? resumed : input, config);
  const status = interrupts.length > 0 ? 'interrupted' : 'done';
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ thread_id: threadId, status, values, interrupts }),
  };
}
