/** From what a node or a router returned to writes and targets. Pure, but for calling the routers. */
import type { Target, TaskResult } from '../checkpoint/checkpoint.ts';
import { type Command, isCommand, isSend, sentOf } from '../command.ts';
import { END } from '../constants.ts';
import { InvalidUpdateError, quote } from '../errors.ts';
import type { Branch, GraphSpec } from '../graph/spec.ts';
import { knownNode } from './plan.ts';

/**
 * @param who names the source in an error, as in `Node "draft"`
 * @throws InvalidUpdateError
 */
export function readOutput(graph: GraphSpec, output: unknown, who: string): TaskResult {
  // Also what `condition && { … }` comes to.
  if (!output) return { writes: [], targets: [] };
  if (isCommand(output)) return readCommand(graph, output, who);
  if (isSend(output)) return { writes: [], targets: readGoto(graph, [output], who) };
  if (Array.isArray(output) && output.some((part) => isCommand(part) || isSend(part))) {
    const parts = output.map((part) => readOutput(graph, part, who));
    return { writes: parts.flatMap(({ writes }) => writes), targets: parts.flatMap(({ targets }) => targets) };
  }
  return { writes: readUpdate(graph.channels, output, who), targets: [] };
}

/** The writes of an update: an object, or `[key, value]` pairs where `pairs` allows them. Keys that are no channel are left out. */
export function readUpdate(
  channels: GraphSpec['channels'],
  update: unknown,
  who: string,
  pairs = false,
): TaskResult['writes'] {
  if (update === null || update === undefined) return [];
  if (pairs && Array.isArray(update) && update.every(isPair)) {
    return update.filter(([key]) => channels.has(key));
  }
  if (typeof update !== 'object' || Array.isArray(update)) {
    const what = who.startsWith('Node') ? `Expected n${who.slice(1)} to return` : `${who}: expected`;
    throw new InvalidUpdateError(
      `${what} an object with keys of the state (${[...channels.keys()].join(', ')}), received ${quote(update)}.`,
      undefined,
      'INVALID_GRAPH_NODE_RETURN_VALUE',
    );
  }
  return Object.entries(update).filter(([key]) => channels.has(key));
}

/** Where to go, from names and Sends. @throws InvalidUpdateError for an unknown node */
function readGoto(graph: GraphSpec, goto: readonly unknown[], who: string): Target[] {
  const targets: Target[] = [];
  for (const target of goto) {
    if (isSend(target)) {
      knownNode(graph, target.node, `${who}: Invalid node name "${target.node}" in Send packet`);
      targets.push(sentOf(target));
    } else if (typeof target !== 'string') {
      throw new InvalidUpdateError(`${who}: goto takes node names and Sends, got ${quote(target)}.`);
    } else if (target !== END) targets.push(knownNode(graph, target, who));
  }
  return targets;
}

/** Where a router leads. @throws InvalidUpdateError for a destination that does not exist */
export function readDestinations(graph: GraphSpec, branch: Branch, decided: unknown, who: string): Target[] {
  const destinations = (Array.isArray(decided) ? decided : [decided]).map((destination: unknown) => {
    if (destination === null || destination === undefined) {
      throw new InvalidUpdateError(
        `${who}: Branch condition returned unknown or null destination: ${quote(destination)}.`,
      );
    }
    if (isSend(destination) || !branch.ends) return destination;
    const label = typeof destination === 'string' ? destination : quote(destination);
    const node = branch.ends.get(label);
    if (node === undefined) {
      const labels = [...branch.ends.keys()].join(', ');
      throw new InvalidUpdateError(
        `${who}: Branch condition returned unknown or null destination: "${label}", which its path map lacks. It has: ${labels}.`,
      );
    }
    return node;
  });
  return readGoto(graph, destinations, who);
}

function readCommand(graph: GraphSpec, command: Command, who: string): TaskResult {
  return {
    writes: readUpdate(graph.channels, command.update, who, true),
    targets: readGoto(graph, command.goto, who),
  };
}

function isPair(item: unknown): item is [string, unknown] {
  return Array.isArray(item) && item.length === 2 && typeof item[0] === 'string';
}
