/** What of a document is embedded, by path, and how near two embeddings are. */
import type { Operation, PutOperation } from './store.ts';

/** LangChain's Embeddings, or anything of this shape. */
export interface EmbeddingsLike {
  embedQuery(text: string): Promise<number[]>;
  embedDocuments(texts: string[]): Promise<number[][]>;
}

export interface IndexConfig {
  /** The length of the embeddings. */
  dims: number;
  embeddings: EmbeddingsLike;
  /** The paths of what is embedded. @default ['$'], the whole document */
  fields?: string[] | undefined;
}

export type Vector = readonly number[];

const TOKEN = /\{[^}]*\}|\[[^\]]*\]|[^.[\]{}]+/g;

/** `title`, `meta.title`, `chapters[*].text`, `authors[0]`, `notes[-1]`, `meta.*`, `meta.{a,b}`; `$` or nothing: the whole document. */
function textsAt(document: unknown, path: string): string[] {
  const tokens = path.startsWith('$') ? [] : (path.match(TOKEN) ?? []);
  let values = [document];
  for (const token of tokens) values = values.flatMap((value) => step(value, token));
  return values
    .filter((value) => value !== null && value !== undefined)
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2)));
}

function step(value: unknown, token: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (token === '*') return Object.values(value);
  const inner = token.slice(1, -1);
  if (token.startsWith('[')) {
    if (!Array.isArray(value)) return [];
    return inner === '*' ? value : /^-?\d/.test(inner) ? [value.at(Number.parseInt(inner, 10))] : [];
  }
  const names = token.startsWith('{') ? inner.split(',').map((name) => name.trim()) : [token];
  return names.map((name) => (Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined));
}

/** Between -1 and 1; 0 when either of them is zero. */
function cosine(a: readonly number[], b: readonly number[]): number {
  let [dot, squaresA, squaresB] = [0, 0, 0];
  for (const [at, x] of a.entries()) {
    const y = b[at] ?? 0;
    dot += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return dot && dot / (Math.sqrt(squaresA) * Math.sqrt(squaresB));
}

/** The best of an item's embeddings; of an item that has none, nothing. */
export function nearest(target: Vector, vectors: readonly Vector[]): number | undefined {
  return vectors.length > 0 ? Math.max(...vectors.map((vector) => cosine(target, vector))) : undefined;
}

export async function embedQueries(
  { embeddings }: IndexConfig,
  operations: readonly Operation[],
): Promise<Map<string, Vector>> {
  const queries = operations.flatMap((operation) => ('namespacePrefix' in operation && operation.query) || []);
  const embed = async (query: string): Promise<[string, Vector]> => [query, await embeddings.embedQuery(query)];
  return new Map(await Promise.all([...new Set(queries)].map(embed)));
}

/** For each put, the embeddings of its texts. Equal texts are embedded once. */
export async function embedDocuments(
  { embeddings, fields = ['$'] }: IndexConfig,
  puts: readonly PutOperation[],
): Promise<Vector[][]> {
  const texts = puts.map(({ value, index }) =>
    value === null || index === false ? [] : (index ?? fields).flatMap((path) => textsAt(value, path)),
  );
  const distinct = [...new Set(texts.flat())];
  const vectors = distinct.length > 0 ? await embeddings.embedDocuments(distinct) : [];
  const byText = new Map(distinct.map((text, at) => [text, vectors[at]!]));
  return texts.map((list) => list.map((text) => byText.get(text)!));
}
