/** `npx tsx bench/run.ts fuzz`: 20,000 requests that nobody means. The invariants are those of test/support/fuzz/world.ts. */
import { createTable, testClient, testServers } from '../test/support/dynamodb.ts';
import { memoryBacking, tableBacking } from '../test/support/fuzz/backings.ts';
import { fuzz } from '../test/support/fuzz/fuzz.ts';
import { table } from './table.ts';

const IN_MEMORY = 16_000;
const IN_TABLE = 4_000;

/** `FUZZ_SEED` repeats a round. */
export async function fuzzing(): Promise<string> {
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
  console.log(`FUZZ_SEED=${seed}`);
  const [, startServer] = [...testServers()].at(-1)!;
  const server = await startServer();
  const client = testClient(server.endpoint);
  try {
    const memory = await fuzz(memoryBacking, IN_MEMORY, seed);
    const stored = await fuzz(tableBacking(client, await createTable(client)), IN_TABLE, seed);
    const answers = [...new Set([...memory.answers.keys(), ...stored.answers.keys()])].toSorted();
    const rows = answers.map((answer) => [answer, memory.answers.get(answer) ?? 0, stored.answers.get(answer) ?? 0]);
    return `${table(['answer', 'in memory', 'in a table'], [...rows, ['all', memory.requests, stored.requests]])}\n\nSeed ${seed}. No invariant was broken.`;
  } finally {
    client.destroy();
    await server.stop();
  }
}
