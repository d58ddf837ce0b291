/** The graphs that this deployment serves, by the names that clients use. Add yours here. */
import type { ServedGraph } from './options.ts';
import { refundGraph } from './graphs/refund.ts';

export const graphs: Readonly<Record<string, ServedGraph>> = {
  /** Nothing is paid here: put the call of your payment provider in its place. */
  refund: refundGraph((order, amount) => `${amount} EUR for ${order}`),
};
