/** The text of a drawing in Mermaid's language, to the letter what LangGraph writes, so that files that keep it do not change. */
import type { DrawableGraph, DrawnEdge, DrawnNode } from './draw.ts';

export interface MermaidOptions {
  /** @default true */
  readonly withStyles?: boolean;
  /** @default 'linear' */
  readonly curveStyle?: string;
  /** CSS by class: `default`, `first`, `last`. */
  readonly nodeColors?: Readonly<Record<string, string>>;
  /** Break labels after this many words. @default 9 */
  readonly wrapLabelNWords?: number;
}

export interface PictureOptions extends MermaidOptions {
  /** A CSS colour. @default 'white' */
  readonly backgroundColor?: string;
}

const COLORS = { default: 'fill:#f2f0ff,line-height:1.2', first: 'fill-opacity:0', last: 'fill:#bfb6fc' };

export function mermaid(graph: DrawableGraph, options: MermaidOptions = {}): string {
  const { withStyles = true, curveStyle = 'linear', nodeColors = COLORS, wrapLabelNWords = 9 } = options;
  const lines = ['graph TD;'];
  if (withStyles) {
    lines.unshift(`%%{init: {'flowchart': {'curve': '${curveStyle}'}}}%%`);
    const [first, last] = [graph.firstNode(), graph.lastNode()];
    for (const node of Object.values(graph.nodes)) {
      const text = textOf(node);
      const shape = node === first ? `([${text}]):::first` : node === last ? `([${text}]):::last` : `(${text})`;
      lines.push(`\t${safe(node.id)}${shape}`);
    }
  }
  lines.push(...groupsOf(graph.edges, wrapLabelNWords));
  if (withStyles) for (const [name, css] of Object.entries(nodeColors)) lines.push(`\tclassDef ${name} ${css};`);
  return `${lines.join('\n')}\n`;
}

/** Edges by the graph that they are in: those of the outermost first, within a graph those of inner ones. */
function groupsOf(edges: readonly DrawnEdge[], words: number): string[] {
  const groups = new Map<string, DrawnEdge[]>([['', []]]);
  for (const edge of edges) {
    const to = edge.target.split(':');
    const group = edge.source
      .split(':')
      .filter((label, at) => label === to[at])
      .join(':');
    groups.set(group, [...(groups.get(group) ?? []), edge]);
  }
  const lines: string[] = [];
  const write = (group: string): void => {
    const own = groups.get(group)!;
    const framed = own.length > 1 || own[0]?.source !== own[0]?.target;
    if (framed) lines.push(`\tsubgraph ${group.slice(group.lastIndexOf(':') + 1)}`);
    inside(`${group}:`);
    lines.push(...own.map((edge) => arrow(edge, words)));
    if (framed) lines.push('\tend');
  };
  const inside = (prefix: string): void => {
    for (const group of groups.keys()) {
      if (group !== '' && group.startsWith(prefix) && !group.slice(prefix.length).includes(':')) write(group);
    }
  };
  lines.push(...groups.get('')!.map((edge) => arrow(edge, words)));
  inside('');
  return lines;
}

function arrow({ source, target, data, conditional }: DrawnEdge, words: number): string {
  const rows: string[] = [];
  for (let all = data?.split(' ') ?? []; all.length > 0; all = all.slice(words)) {
    rows.push(`&nbsp;${all.slice(0, words).join(' ')}&nbsp;`);
  }
  const line = !conditional ? '-->' : rows.length > 0 ? `-. ${rows.join('<br>')} .->` : '-.->';
  return `\t${safe(source)} ${line} ${safe(target)};`;
}

const safe = (id: string): string => id.replaceAll(/[^a-zA-Z0-9_-]/g, '_');

function textOf({ name, metadata = {} }: DrawnNode): string {
  const text = /^[*_`](.*[*_`])?$/s.test(name) ? `<p>${name}</p>` : name;
  const facts = Object.entries(metadata)
    .filter(([, value]) => [value].flat().every((part) => /^(string|number|boolean)$/.test(typeof part)))
    .map(([key, value]) => `${escape(key)} = ${escape(String(value))}`);
  return facts.length > 0 ? `${text}<hr/><small><em>${facts.join('\n')}</em></small>` : text;
}

const escape = (text: string): string =>
  text.replaceAll(/[#"<>()[\]{}|]/g, (sign) => (sign === '"' ? '#quot;' : `#${sign.charCodeAt(0)};`));

/** @throws Error when the service refuses the drawing */
export async function picture(drawing: string, { backgroundColor = 'white' }: PictureOptions = {}): Promise<Blob> {
  const encoded = btoa(String.fromCharCode(...new TextEncoder().encode(drawing)));
  const path = encoded.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const colour = backgroundColor.startsWith('#') ? backgroundColor.slice(1) : `!${backgroundColor}`;
  const response = await fetch(`https://mermaid.ink/img/${path}?bgColor=${colour}&type=png`);
  if (response.ok) return await response.blob();
  throw new Error(`mermaid.ink did not draw the graph: status ${response.status} ${response.statusText}.`);
}
