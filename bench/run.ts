/**
 * `npx tsx bench/run.ts [name…]` runs the benches and prints their tables; `--write` puts them into docs/performance.md as well.
 * Without names all of them run, in a few minutes. `load` and `fuzz` measure nothing: they run by name only, and belong to docs/reliability.md.
 */
import { cpus, loadavg } from 'node:os';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A bench's tables, and what else it makes for the page. */
interface Figures {
  readonly text: string;
  /** Files beside the page, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

const benches = new Map<string, () => Promise<string | Figures>>([
  ['speed', async () => (await import('./speed.ts')).speed()],
  ['large', async () => (await import('./large.ts')).large()],
  ['memory', async () => (await import('./memory.ts')).memory()],
  ['cost', async () => (await import('./cost.ts')).cost()],
  ['load', async () => (await import('./load.ts')).underLoad()],
  ['fuzz', async () => (await import('./fuzz.ts')).fuzzing()],
  ['bundle', async () => (await import('./bundle.ts')).bundle()],
]);

const PROOFS: ReadonlySet<string> = new Set(['load', 'fuzz']);
const DOCS = fileURLToPath(new URL('../docs', import.meta.url));

const options = process.argv.slice(2);
const write = options.includes('--write');
const wanted = options.filter((option) => option !== '--write');
const unknown = wanted.filter((name) => !benches.has(name));
if (unknown.length > 0) {
  console.error(`No bench named ${unknown.join(', ')}. Benches: ${[...benches.keys()].join(', ')}.`);
  process.exit(1);
}

for (const [name, bench] of benches) {
  if (wanted.length > 0 ? !wanted.includes(name) : PROOFS.has(name)) continue;
  const loadBefore = load();
  const made = await bench();
  const { text, files = {} } = typeof made === 'string' ? { text: made } : made;
  const section = `${text}\n\n${circumstances(name, loadBefore)}`;
  console.log(`\n## ${name}\n\n${section}`);
  if (!write) continue;
  await replaceSection(name, section);
  for (const [file, content] of Object.entries(files)) await writeFile(join(DOCS, file), content);
}

function circumstances(name: string, loadBefore: string): string {
  const [cpu] = cpus();
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  return (
    `_\`node --import tsx bench/run.ts ${name}\`, ${date} UTC, Node ${process.versions.node}, ${cpus().length} × ${cpu?.model.trim()}; ` +
    `load average ${loadBefore} before, ${load()} after._`
  );
}

function load(): string {
  return loadavg()[0]!.toFixed(1);
}

/** Between `<!-- bench:name 24 -->` and `<!-- /bench:name 24 -->`, the section of this Node version, or the one without a version. */
async function replaceSection(name: string, section: string): Promise<void> {
  const file = join(DOCS, PROOFS.has(name) ? 'reliability.md' : 'performance.md');
  const page = await readFile(file, 'utf8');
  const [major] = process.versions.node.split('.');
  const place = [`bench:${name} ${major}`, `bench:${name}`].find((known) => page.includes(`<!-- ${known} -->`));
  if (place === undefined) throw new Error(`${file} has no section <!-- bench:${name} -->.`);
  const from = page.indexOf(`<!-- ${place} -->`) + `<!-- ${place} -->`.length;
  const to = page.indexOf(`<!-- /${place} -->`);
  if (to < from) throw new Error(`${file}: the section ${place} does not end.`);
  await writeFile(file, `${page.slice(0, from)}\n\n${section}\n\n${page.slice(to)}`);
}
