/**
 * Where nested graphs stand (C14), by namespace: `node:taskId`, then the number of the call when it is not the task's first, joined by `|`.
 * A graph that keeps its state between runs goes by its `node` alone, too. Pure.
 */
import { type Checkpoint, type Frame, pendingIds, type Planned, taskPath } from '../checkpoint/checkpoint.ts';
import { copyOf } from '../maps.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { type Identity, type Task, taskId } from './plan.ts';

export interface Place {
  readonly graph: GraphSpec;
  readonly frame: Frame;
  readonly identity: Identity;
  /** Empty at the root. */
  readonly ns: string;
  /** The namespaces around, outermost first. */
  readonly around: readonly string[];
}

export function rootPlace(graph: GraphSpec, threadId: string, { frame, incarnation }: Checkpoint): Place {
  return { graph, frame, identity: { threadId, incarnation }, ns: '', around: [] };
}

/** The namespace of a task's call, and the graph that stands there, if it has begun. Undefined when the task's node is no graph. */
export function nestedPlace(place: Place, planned: Planned, call = '0'): Omit<Place, 'frame'> & { frame?: Frame } {
  const path = taskPath(planned);
  const id = taskId(place.identity, place.frame, path);
  const frame = place.frame.tasks.get(path)?.calls?.get(call);
  return {
    ...inside(place, namespaceOf(planned.node, id, call).join('|')),
    graph: place.graph.nodes.get(planned.node)!.graph!.spec,
    identity: identityOf({ id }, call),
    ...(frame && { frame }),
  };
}

/** The root's frame with what `change` makes of the nested one. Undefined when nothing stands there. */
export function changeAt(root: Place, ns: string, change: (place: Place) => Frame): Frame | undefined {
  return descend(root, ns === '' ? [] : ns.split('|'), change);
}

export function placeAt(root: Place, ns: string): Place | undefined {
  let found: Place | undefined;
  changeAt(root, ns, (place) => {
    found = place;
    return place.frame;
  });
  return found;
}

/** Of what runs in a task's call. The task has no id until it is asked for it. */
export function identityOf(task: Pick<Task, 'id'>, call: string): Identity {
  return new CallIdentity(task, call);
}

class CallIdentity implements Identity {
  readonly incarnation: string;
  readonly #task: Pick<Task, 'id'>;

  constructor(task: Pick<Task, 'id'>, call: string) {
    this.incarnation = call;
    this.#task = task;
  }

  get threadId(): string {
    return this.#task.id;
  }
}

export function namespaceOf(node: string, taskId: string, call: string): string[] {
  return call === '0' || isTaskCall(call) ? [`${node}:${taskId}`] : [`${node}:${taskId}`, call];
}

/** Calls of graphs are numbered; those of `task()` have their task's name too. */
export function isTaskCall(call: string): boolean {
  return call.includes('#');
}

function descend(place: Place, segments: readonly string[], change: (place: Place) => Frame): Frame | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) return change(place);
  const { frame } = place;
  const node = segment.split(':')[0]!;
  const graph = place.graph.nodes.get(node)?.graph?.spec;
  if (!graph) return undefined;
  const call = /^\d+$/.test(rest[0] ?? '') ? rest.shift()! : '0';
  for (const planned of frame.next) {
    if (planned.node !== node) continue;
    const found = nestedPlace(place, planned, call);
    if (!found.frame || (segment !== node && !found.ns.split('|').includes(segment))) continue;
    const changed = descend(found as Place, rest, change);
    return changed && withCall(frame, taskPath(planned), call, changed);
  }
  const kept = segment === node ? frame.kept?.get(node) : undefined;
  const changed =
    kept &&
    descend({ ...inside(place, node), graph, frame: kept, identity: identityOf({ id: node }, call) }, rest, change);
  return changed && { ...frame, kept: copyOf(frame.kept!).set(node, changed) };
}

/** The namespaces of a nested graph and of those around it, outermost first. */
export function namespacesTo(ns: string): string[] {
  const segments = ns === '' ? [] : ns.split('|');
  const ends = segments.flatMap((_, i) => (/^\d+$/.test(segments[i + 1] ?? '') ? [] : [i + 1]));
  return ['', ...ends.map((end) => segments.slice(0, end).join('|'))];
}

function inside({ ns, around }: Place, own: string): Pick<Place, 'ns' | 'around'> {
  return { ns: ns === '' ? own : `${ns}|${own}`, around: [...around, ns] };
}

function withCall(frame: Frame, path: string, call: string, nested: Frame): Frame {
  const record = frame.tasks.get(path)!;
  if (record.calls!.get(call) === nested) return frame;
  const questions = [
    ...record.questions.filter((question) => !('call' in question && question.call === call)),
    ...pendingIds(nested).map((id) => ({ id, call })),
  ];
  const changed = { ...record, questions, calls: copyOf(record.calls!).set(call, nested) };
  return { ...frame, tasks: copyOf(frame.tasks).set(path, changed) };
}
