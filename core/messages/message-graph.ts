/** `MessageGraph`: a graph whose whole state is a list of messages. A state with `messages` beside other keys says the same, and more. */
import { Annotation } from '../annotation.ts';
import { type Reducer, reduced } from '../channel.ts';
import type { TaskResult } from '../checkpoint/checkpoint.ts';
import { Command, isCommand } from '../command.ts';
import { END } from '../constants.ts';
import { readOutput } from '../engine/output.ts';
import { StateGraph } from '../graph/builder.ts';
import type { GraphSpec, NodeSpec } from '../graph/spec.ts';
import { isObject } from '../objects.ts';
import type { Message } from './message.ts';
import { type Messages, messagesStateReducer } from './reducer.ts';

/** @deprecated `new StateGraph(MessagesAnnotation)` */
// oxlint-disable-next-line typescript/no-explicit-any -- its state is no object of channels
export class MessageGraph<One = Message, Likes = Messages> extends StateGraph<any, One[], Likes> {
  protected readonly reducer: Reducer<One[], Likes> = messagesStateReducer as never;

  constructor() {
    super(Annotation.Root({}));
  }

  protected override finish(spec: GraphSpec): GraphSpec {
    const channel = reduced<unknown>(this.reducer as Reducer<unknown>, () => []);
    const nodes = [...spec.nodes].map(([name, node]): [string, NodeSpec] => [name, onList(node, spec)]);
    return {
      ...spec,
      channels: new Map([[END, channel]]),
      parses: true,
      nodes: new Map(nodes),
      read: (channels) => channels.get(END)?.value ?? [],
    };
  }
}

function onList(node: NodeSpec, spec: GraphSpec): NodeSpec {
  return {
    ...node,
    run: (input, config) => node.run(listIn(input), config),
    interpret(output): TaskResult {
      if (!isCommand(output)) return { writes: output ? [[END, output]] : [], targets: [] };
      const { update, goto } = output;
      const { targets } = readOutput(spec, new Command({ goto }), `Node "${node.name}"`);
      return { writes: update === undefined ? [] : [[END, update]], targets };
    },
    branches: node.branches.map((branch) => ({
      ...branch,
      decide: (state, config) => branch.decide(listIn(state) as typeof state, config),
    })),
  };
}

/** What a Send carries, and a run's input, stands for itself. */
function listIn(input: unknown): unknown {
  return isObject(input) && END in input ? input[END] : input;
}
