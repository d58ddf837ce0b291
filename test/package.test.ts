/** The package as a stranger gets it: packed, installed into an empty project, and used from their own graph, handler and stack. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
const versions = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).devDependencies as Record<
  string,
  string
>;
let project: string;

/** The stranger's own tools come from here; what their code imports comes from the installed package. */
function tool(name: string, ...args: string[]) {
  return run(join(root, 'node_modules/.bin', name), args, { cwd: project });
}

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'stranger-'));
  await cp(join(root, 'test/fixtures/stranger'), project, { recursive: true });
  const { stdout } = await run('npm', ['pack', '--json', '--silent', '--pack-destination', project], { cwd: root });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as { filename: string }[];
  const wanted = ['aws-cdk-lib', 'constructs', 'esbuild', '@types/node'].map((name) => `${name}@${versions[name]}`);
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--silent'];
  await run('npm', ['install', ...quiet, `./${packed!.filename}`, ...wanted], { cwd: project });
}, 180_000);

afterAll(() => rm(project, { recursive: true, force: true }));

describe('the installed package', () => {
  it('has types that a strict project compiles against, library checks included', async () => {
    await expect(tool('tsc', '-p', '.')).resolves.toMatchObject({ stdout: '' });
  });

  it('serves a graph: engine, checkpointer and application, from their entry points', async () => {
    const { stdout } = await tool('tsx', 'call.ts');
    expect(stdout).toBe('200 {"ok":true}\nthreads true false\n');
  });

  it('serves CommonJS, and projects whose TypeScript knows no "exports"', async () => {
    const { stdout } = await run(process.execPath, ['required.cjs'], { cwd: project });
    expect(stdout).toBe('yes function function\n');
    const installed = join(project, 'node_modules/holdpoint');
    const { main, types, typesVersions, exports } = JSON.parse(
      await readFile(join(installed, 'package.json'), 'utf8'),
    ) as {
      main: string;
      types: string;
      typesVersions: { '*': Record<string, string[]> };
      exports: Record<string, { types: string; default: string }>;
    };
    expect({ types, default: main }).toEqual(exports['.']);
    const entries = Object.entries(exports).filter(([name]) => name !== '.');
    expect(typesVersions['*']).toEqual(
      Object.fromEntries(entries.map(([name, { types }]) => [name.slice(2), [types]])),
    );
  });

  it('bundles and synthesises the stack', async () => {
    await tool('tsx', 'stack.ts');
    const template = JSON.parse(await readFile(join(project, 'cdk.out/Leave.template.json'), 'utf8')) as {
      Resources: Record<string, { Type: string }>;
    };
    const types = Object.values(template.Resources).map(({ Type }) => Type);
    expect(types).toEqual(
      expect.arrayContaining(['AWS::DynamoDB::GlobalTable', 'AWS::Lambda::Function', 'AWS::ApiGateway::RestApi']),
    );
    const asset = (await readdir(join(project, 'cdk.out'))).find((name) => name.startsWith('asset.'))!;
    expect(await readFile(join(project, 'cdk.out', asset, 'index.mjs'), 'utf8')).toContain('Grant ${');
  });

  it('brings no test server and no source that is not built', async () => {
    const installed = await readdir(join(project, 'node_modules'));
    expect(installed).not.toContain('@dynoxide');
    expect((await readdir(join(project, 'node_modules/holdpoint'))).toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'package.json',
    ]);
  });
});
