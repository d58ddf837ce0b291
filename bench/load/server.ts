/**
 * A server process of the load test: the deployed application behind the local gateway, with a graph whose effects are written to a file that
 * outlives every process. Environment: LEDGER, TIMEOUT_MS, and what functions/lambda/environment.ts reads.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Annotation, getConfig, interrupt, START, StateGraph } from '../../core/index.ts';
import { installRuntime } from '../../functions/local/runtime.ts';
import { startServer } from '../../functions/local/server.ts';
import type { Effect } from './ledger.ts';

const { LEDGER = '', TIMEOUT_MS = '30000' } = process.env;
/** Room for clocks that differ: here they are one. */
const MARGIN_MS = 200;
/** Long enough to be killed in the middle of. */
const NODE_MS = 20;

const State = Annotation.Root({
  name: Annotation<string>,
  log: Annotation<string[], string>({ reducer: (list, more) => list.concat(more), default: () => [] }),
});

/** Asks, and acts upon the answer in the world outside. */
function asking(question: string) {
  return async ({ name }: typeof State.State) => {
    const answer = interrupt<string, string>(`${question}?`);
    await sleep(NODE_MS);
    const effect: Effect = { thread: name, question, answer, key: getConfig().executionInfo!.taskId };
    appendFileSync(LEDGER, `${JSON.stringify(effect)}\n`);
    await sleep(NODE_MS);
    return { log: `${question}: ${answer}` };
  };
}

const graph = new StateGraph(State)
  .addNode('first', asking('first'))
  .addNode('second', asking('second'))
  .addEdge(START, 'first')
  .addEdge('first', 'second')
  .compile();

const server = await startServer(0, Number(TIMEOUT_MS));
installRuntime();
const { createHandler } = await import('../../functions/lambda/environment.ts');
server.serve(
  createHandler({ graphs: { graph }, limits: { marginMs: MARGIN_MS, reserveMs: 300 }, log: () => undefined }),
);
process.send!(server.port);
process.once('disconnect', () => process.exit()); // nothing outlives the test
