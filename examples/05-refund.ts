/** The refund graph that `npm start` serves, driven in one process: paid at once, approved, rejected, changed. */
import { Command, isInterrupted, MemorySaver } from '../core/index.ts';
import { refundGraph } from '../functions/graphs/refund.ts';

let payments = 0;
const checkpointer = new MemorySaver();
const refund = refundGraph((order, amount) => {
  payments += 1;
  return `receipt ${payments}: ${amount} EUR for ${order}`;
}, checkpointer);

async function play(order: string, amount: number, ...answers: unknown[]) {
  console.log(`--- ${order}, ${amount} EUR`);
  const config = { configurable: { thread_id: order } };
  let result = await refund.invoke({ order, amount }, config);
  for (const answer of answers) {
    if (isInterrupted<{ question: string; problem?: string }>(result)) {
      const { question, problem } = result.__interrupt__[0]!.value;
      console.log(problem ? `? ${problem} ${question}` : `? ${question}`);
    }
    console.log(`> ${JSON.stringify(answer)}`);
    result = await refund.invoke(new Command({ resume: answer }), config);
  }
  console.log(`= ${JSON.stringify(result)}`);
}

await play('A-1001', 40);
await play('A-1002', 250, { decision: 'approve' });
await play('A-1003', 900, 'no', { decision: 'reject' }, { decision: 'reject', reason: 'sent twice' });
await play('A-1004', 700, { decision: 'change', amount: 350 });
console.log(`payments: ${payments}`);
