/**
 * The cost of the same programs under LangGraph.js with @rwai/langgraphjs-checkpoint-dynamodb. Runs in a process and a package tree of its own
 * (bench/peer.ts puts it there): reads what to do as JSON from its standard input, and writes what it cost as JSON to its standard output.
 */
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as langgraph from '@langchain/langgraph';
import { cycle, grow } from '../cost-programs.ts';
import { costOf, Ledger } from '../ledger.ts';
import type { PeerCosts, PeerOrder } from '../peer.ts';

interface PeerSaver extends langgraph.BaseCheckpointSaver {
  readonly client: DynamoDBClient;
}

const order = JSON.parse(await text(process.stdin)) as PeerOrder;
// Its ES modules import files without their extension, which Node.js does not find.
const { DynamoDBSaver } = createRequire(import.meta.url)('@rwai/langgraphjs-checkpoint-dynamodb') as {
  DynamoDBSaver: new (options: object) => PeerSaver;
};
const saver = new DynamoDBSaver({
  clientConfig: {
    endpoint: order.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  },
  checkpointsTableName: 'checkpoints',
  writesTableName: 'writes',
});
await createTable('checkpoints', 'thread_id', 'checkpoint_id');
await createTable('writes', 'thread_id_checkpoint_id_checkpoint_ns', 'task_id_idx');

const ledger = new Ledger(saver.client, () => 0);
const measure = costOf(ledger);
const cycles = [];
for (const { note, durability } of order.cycles) {
  cycles.push(await cycle(langgraph, saver, note, durability, measure));
}
const { costs, failed } = await grow(langgraph, saver, order.turns, order.durability, measure);
const result: PeerCosts = { cycles, growth: costs, ...(failed !== undefined && { failed }) };
process.stdout.write(JSON.stringify(result));

async function createTable(name: string, partition: string, sort: string): Promise<void> {
  await saver.client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: partition, KeyType: 'HASH' },
        { AttributeName: sort, KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: partition, AttributeType: 'S' },
        { AttributeName: sort, AttributeType: 'S' },
      ],
    }),
  );
}
