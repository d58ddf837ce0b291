/**
 * What a graph's channels start from, as a mark on its checkpoints: a thread that waited while the graph was deployed anew is recognised by it,
 * and by nothing else, so a graph that puts whatever it likes into a channel is left alone.
 *
 * There are no types at run time. A channel counts as re-typed when what is stored is of another kind (a list, a number, a Map …) than the
 * initial value that the channel has now.
 */
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { Channel } from '../channel.ts';
import { GraphChanged } from '../errors.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { hash128 } from '../hash.ts';

const shapes = new WeakMap<GraphSpec, string>();

/** Empty when no channel has an initial value. */
export function shapeOf(graph: GraphSpec): string {
  let shape = shapes.get(graph);
  if (shape === undefined) {
    const kinds = [...graph.channels].flatMap(([name, channel]) => {
      const kind = initialKind(channel);
      return kind === undefined ? [] : [`${name}:${kind}`];
    });
    shapes.set(graph, (shape = kinds.length > 0 ? hash128(kinds.sort().join('|')).slice(0, 8) : ''));
  }
  return shape;
}

/** @throws GraphChanged for a channel that was re-typed */
export function refuseRetyped(graph: GraphSpec, { shape = '', frame }: Checkpoint): void {
  if (shape === shapeOf(graph)) return;
  for (const [name, { value }] of frame.channels) {
    const channel = graph.channels.get(name);
    const [stored, now] = [kindOf(value), channel && initialKind(channel)];
    if (stored === undefined || now === undefined || stored === now) continue;
    throw new GraphChanged(
      `The thread has ${stored} in channel "${name}", which starts from ${now} in this graph. The thread is untouched: ` +
        `deploy a graph that takes ${stored} there, or give the channel a new value with updateState and an Overwrite.`,
      { channel: name, stored, expected: now },
    );
  }
}

function initialKind(channel: Channel): string | undefined {
  return channel.transient ? undefined : kindOf(channel.initial?.());
}

function kindOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return 'a list';
  const known = [Map, Set, Date].find((kind) => value instanceof kind);
  return known ? `a ${known.name}` : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
