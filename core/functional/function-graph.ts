/** Graphs of one function: what `entrypoint` and `task` run. They have one node, and what it returns is the whole state. */
import { lastValue } from '../channel.ts';
import type { Stored, TaskResult } from '../checkpoint/checkpoint.ts';
import { END } from '../constants.ts';
import { invalidArgument } from '../errors.ts';
import type { GraphSpec, NodeSpec } from '../graph/spec.ts';
import type { BaseCache } from '../policies/cache.ts';
import { type NodePolicies, withPolicies } from '../policies/policies.ts';

/** Where an entrypoint keeps what it saves for its next run, when that is not what it returned: a list of that one value. */
const PREVIOUS = '__previous__';

/** A function that is no generator. */
export type NoGenerator<Args extends unknown[], Output> = [Output] extends [never]
  ? (...args: Args) => never
  : Output extends Generator | AsyncGenerator
    ? never
    : (...args: Args) => Output;

/** `entrypoint.final({ value, save })`: returns one value and keeps another. */
export class EntrypointFinal<Value, Save> {
  readonly value: Value | undefined;
  readonly save: Save | undefined;

  constructor({ value, save }: { readonly value?: Value; readonly save?: Save }) {
    this.value = value;
    this.save = save;
  }
}

/** @throws HoldpointError `invalid_argument` */
export function functionGraph(
  { name, ...policies }: NodePolicies & { readonly name: string; readonly cache?: BaseCache },
  kind: string,
  fn: unknown,
  run: NodeSpec['run'],
): GraphSpec {
  if (typeof fn !== 'function' || fn.constructor.name.endsWith('GeneratorFunction')) {
    throw invalidArgument(
      `${kind} "${name}" needs a function. Generators are disallowed as ${kind}s. For streaming responses, use config.writer.`,
    );
  }
  return {
    name,
    channels: new Map([
      [END, lastValue()],
      [PREVIOUS, lastValue()],
    ]),
    nodes: new Map([
      [name, { name, run, ...withPolicies(name, policies), interpret, edges: [], branches: [], joins: [] }],
    ]),
    entry: name,
    read: valueOf,
    breakpoints: { before: [], after: [] },
    checkQuestions: true,
    cache: policies.cache,
  };
}

/** What the function returned. Null before it has. */
export function valueOf(channels: ReadonlyMap<string, Stored>): unknown {
  const stored = channels.get(END);
  return stored ? stored.value : null;
}

/** What the last run of an entrypoint saved for this one. */
export function previousOf(channels: ReadonlyMap<string, Stored>): unknown {
  const saved = channels.get(PREVIOUS)?.value as readonly [unknown] | null | undefined;
  return saved ? saved[0] : channels.get(END)?.value;
}

function interpret(output: unknown): TaskResult {
  const final = output instanceof EntrypointFinal;
  const value: unknown = final ? output.value : output;
  const saved = final ? [output.save] : null;
  return {
    writes: [
      [END, value],
      [PREVIOUS, saved],
    ],
    targets: [],
  };
}
