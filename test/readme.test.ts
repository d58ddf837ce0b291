/** The README is true: its example is an example that runs, and its HTTP session is what the application answers. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { graphs } from '../functions/graphs.ts';
import { service } from './support/http.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const readme = read('README.md');

it('shows the first example, and the stranger’s handler, as they are', () => {
  const [first] = blocks('ts');
  expect(first).toBe(read('examples/00-hello.ts').replace('../core/index.ts', 'holdpoint'));
  expect(blocks('ts')[1]).toBe(`// handler.ts\n${read('test/fixtures/stranger/handler.ts')}`);
});

it('shows an HTTP session with its real output', async () => {
  const { send } = service({ graphs });
  const known = new Map<string, string>();
  for (const block of blocks('console')) {
    const [command, ...shown] = block.trimEnd().split('\n');
    const { path, headers, body } = readCurl(command!);
    const sent = body.replaceAll(/[0-9a-f]{32}/g, (id) => known.get(id) ?? id);
    const { text } = await send('POST', path, sent, headers);
    idsIn(shown.join('\n')).forEach((id, i) => known.set(id, idsIn(text)[i]!));
    expect(withoutIds(text.trimEnd())).toBe(withoutIds(shown.join('\n')));
  }
  expect(known.size).toBe(1);
});

it('has a row for every entry point', () => {
  const listed = [...readme.matchAll(/^\| `(holdpoint[\w/]*)` +\|/gm)].map((match) => match[1]);
  const { exports } = JSON.parse(read('package.json')) as { exports: object };
  expect(new Set(listed)).toEqual(new Set(Object.keys(exports).map((path) => path.replace('.', 'holdpoint'))));
});

it('links to files that are there', () => {
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]!);
  expect(links.length).toBeGreaterThan(5);
  for (const link of links) expect(existsSync(new URL(`../${link}`, import.meta.url)) ? '' : link).toBe('');
});

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map((match) => match[1]!);
}

function readCurl(command: string): { path: string; headers: Record<string, string>; body: string } {
  const [, path, header, body] = /^\$ curl -sN? localhost:8787(\S+)(?: -H '([^']+)')? -d '([^']+)'$/.exec(command)!;
  const [name, value] = header?.split(': ') ?? [];
  return { path: path!, headers: name ? { [name]: value! } : {}, body: body! };
}

function idsIn(json: string): string[] {
  return json.match(/"id":"[0-9a-f]{32}/g)?.map((id) => id.slice(6)) ?? [];
}

function withoutIds(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'uuid')
    .replaceAll(/[0-9a-f]{32}/g, 'id');
}
