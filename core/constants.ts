/** The entry of every graph: the virtual node that takes the input. */
export const START = '__start__';
/** The exit of every graph: an edge to it goes nowhere. */
export const END = '__end__';
/** The key under which a result or a stream chunk carries pending questions. */
export const INTERRUPT = '__interrupt__';
