/**
 * Refunds: paid at once up to a limit, and above it only after a person has looked. They approve, reject, or change the
 * amount; an answer that makes no sense is asked again, with what was wrong about it.
 */
import { Annotation, type Checkpointer, END, interrupt, START, StateGraph } from '../../core/index.ts';

const LIMIT = 100;

const Refund = Annotation.Root({
  order: Annotation<string>,
  /** In EUR. */
  amount: Annotation<number>,
  status: Annotation<'approved' | 'rejected' | 'paid'>,
  reason: Annotation<string>,
  receipt: Annotation<string>,
});

/**
 * Pays, and returns a receipt. The only side effect of the graph: it stands alone in its node, behind every question.
 * @param key the same however often the node runs again, after a crash too: hand it to the payment provider
 */
export type Pay = (order: string, amount: number, key: string) => Promise<string> | string;

type Decision =
  | { readonly decision: 'approve' }
  | { readonly decision: 'reject'; readonly reason: string }
  | { readonly decision: 'change'; readonly amount: number };

export function refundGraph(pay: Pay, checkpointer?: Checkpointer) {
  return new StateGraph(Refund)
    .addNode('review', ({ order, amount }) => {
      const decision = ask(order, amount);
      switch (decision.decision) {
        case 'approve':
          return { status: 'approved' as const };
        case 'reject':
          return { status: 'rejected' as const, reason: decision.reason };
        case 'change':
          return { status: 'approved' as const, amount: decision.amount };
      }
    })
    .addNode('pay', async ({ order, amount }, { executionInfo }) => ({
      status: 'paid' as const,
      receipt: await pay(order, amount, executionInfo!.taskId),
    }))
    .addConditionalEdges(START, (input) => (checked(input).amount > LIMIT ? 'review' : 'pay'), ['review', 'pay'])
    .addConditionalEdges('review', ({ status }) => (status === 'approved' ? 'pay' : END), ['pay', END])
    .addEdge('pay', END)
    .compile({ name: 'refund', ...(checkpointer && { checkpointer }) });
}

/** Keys that are no part of the state are left out of an input, so a misspelt one is a missing one. */
function checked<Input extends { order?: string; amount?: number }>(input: Input): Input {
  const { order, amount } = input;
  if (typeof order === 'string' && order !== '' && isAmount(amount)) return input;
  throw new TypeError('A refund needs an "order" and an "amount" above 0');
}

function ask(order: string, amount: number): Decision {
  let problem: string | undefined;
  while (true) {
    const answer: unknown = interrupt({
      question: `Refund ${amount} EUR for order ${order}?`,
      answers: [{ decision: 'approve' }, { decision: 'reject', reason: '…' }, { decision: 'change', amount: 0 }],
      ...(problem && { problem }),
    });
    problem = problemOf(answer);
    if (!problem) return answer as Decision;
  }
}

function problemOf(answer: unknown): string | undefined {
  const { decision, reason, amount } = (answer ?? {}) as Record<string, unknown>;
  switch (decision) {
    case 'approve':
      return undefined;
    case 'reject':
      return typeof reason === 'string' && reason !== '' ? undefined : 'To reject, give a "reason".';
    case 'change':
      return isAmount(amount) ? undefined : 'To change, give an "amount" above 0.';
    default:
      return 'The "decision" is one of approve, reject, change.';
  }
}

function isAmount(amount: unknown): boolean {
  return Number.isFinite(amount) && (amount as number) > 0;
}
