/** `Command` and `Send`: what a node returns, or a caller passes, to steer a graph. Only instances count: JSON that looks like one is data. */
import type { Sent } from './checkpoint/checkpoint.ts';
import { invalidArgument } from './errors.ts';
import { defined, isObject } from './objects.ts';
import { GraphBubbleUp, isGraphBubbleUp } from './signals.ts';
import { readTimeout, type TimeoutPolicy } from './policies/timeout-policy.ts';

export interface SendOptions {
  /** Of this task, instead of its node's. */
  readonly timeout?: number | TimeoutPolicy;
}

/** One execution of a node with an input of its own, in the next superstep. */
export class Send<Node extends string = string, Args = unknown> {
  readonly lg_name = 'Send';
  readonly node: Node;
  readonly args: Args;
  readonly timeout?: TimeoutPolicy;

  constructor(node: Node, args: Args, options: SendOptions = {}) {
    if (typeof node !== 'string') throw invalidArgument('Send needs the name of a node.');
    this.node = node;
    this.args = args;
    const timeout = readTimeout(options.timeout);
    if (timeout) this.timeout = timeout;
  }

  toJSON(): object {
    const { lg_name, node, args, timeout } = this;
    return { lg_name, node, args, timeout };
  }
}

export function sentOf({ node, args, timeout }: Send): Sent {
  return { node, input: args, ...(timeout && { timeout }) };
}

type Goto<Node extends string = string> = Node | Send<Node> | readonly (Node | Send<Node>)[];

export interface CommandOptions<Resume = unknown, Update = unknown, Node extends string = string> {
  /** The answer to the one pending question, or answers by interrupt id: `{ [id]: answer }`. Any value but undefined. */
  readonly resume?: Resume;
  /** An update of the state: an object, or `[key, value]` pairs. */
  readonly update?: Update;
  /** Where to go, beyond the edges that are there. */
  readonly goto?: Goto<Node>;
  /** `Command.PARENT`: the command is for the graph around this one, which ends here. */
  readonly graph?: string;
}

/**
 * @example
 * await graph.invoke(new Command({ resume: 'approve' }), config); // answers
 * return new Command({ update: { status: 'sent' }, goto: 'notify' }); // from a node
 */
export class Command<Resume = unknown, Update = unknown, Node extends string = string> {
  readonly lg_name = 'Command';
  readonly resume: Resume | undefined;
  readonly update: Update | undefined;
  readonly goto: readonly (Node | Send<Node>)[];
  readonly graph: string | undefined;

  static readonly PARENT = '__parent__';

  /** For LangChain's tools: handed on as it is. */
  get lc_direct_tool_output(): true {
    return true;
  }

  constructor(options: CommandOptions<Resume, Update, Node>) {
    this.resume = options.resume;
    this.update = options.update;
    this.graph = options.graph;
    this.goto = options.goto === undefined ? [] : ([options.goto].flat() as (Node | Send<Node>)[]);
  }

  toJSON(): object {
    const { lg_name, update, resume, goto } = this;
    return { lg_name, update, resume, goto };
  }
}

export function isCommand(value: unknown): value is Command {
  return isInstance(value, 'Command');
}

export function isSend(value: unknown): value is Send {
  return isInstance(value, 'Send');
}

/** LangGraph's own count too: its `ToolNode` makes them. */
function isInstance(value: unknown, name: string): boolean {
  if ((value as { lg_name?: unknown } | null | undefined)?.lg_name !== name) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== null && prototype !== Object.prototype;
}

/** How storage keeps those that are values: what a `task()` returned, or a list of Sends in the state. */
export const commandCodec = {
  name: 'command',
  is: (value: object): boolean => isCommand(value) || isSend(value),
  encode: (value: unknown): unknown => {
    const { lg_name: _, ...fields } = value as Command | Send;
    return defined(fields);
  },
  decode: (stored: unknown): unknown => {
    const { node, args, ...options } = stored as Partial<Send> & CommandOptions;
    return node === undefined ? new Command(options) : new Send(node, args, options);
  },
};

export function isForParent(value: unknown): value is Command {
  return isCommand(value) && value.graph === Command.PARENT;
}

/** A Command from a nested graph on its way to the graph around it. */
export class ParentCommand extends GraphBubbleUp {
  override readonly name = 'ParentCommand';
  readonly command: Command;
  constructor(command: Command) {
    super('A Command for the parent graph. Let this error pass.');
    const { update, goto } = command;
    this.command = new Command({ update, goto });
  }
}

/** Whether a resume value is answers by interrupt id: an object whose keys are all ids. */
export function isAnswerMap(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value) || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => /^[0-9a-f]{32}$/.test(key));
}

/** Whether an error is a Command on its way to the graph around: let it pass. LangGraph's own counts too: its agents throw it. */
export function isParentCommand(error: unknown): error is ParentCommand {
  return isGraphBubbleUp(error) && error.name === 'ParentCommand';
}
