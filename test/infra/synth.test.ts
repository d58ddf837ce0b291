/** What `npx cdk synth` makes of a fresh clone: no credentials, no Docker, the real bundles, the whole template. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { HoldpointStack } from '../../infra/stack.ts';
import { NO_BUNDLING, type Properties } from './synth.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;
let said: string;
let prod: Synthesised;
let local: Synthesised;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdpoint-synth-'));
  // No credentials, no configuration of AWS, and a Docker that always fails.
  const env = { PATH: process.env['PATH'], HOME: folder, CDK_DOCKER: 'false', CI: 'true' };
  const output = join(folder, 'prod');
  said = (await run('node_modules/.bin/cdk', ['synth', '--output', output], { cwd: root, env })).stdout;
  prod = await read(output, 'Holdpoint-prod');
  const app = await importApp({ stage: 'dev', buffered: 'true', dynamodbEndpoint: 'http://host.docker.internal:8000' });
  local = await read(app.synth().directory, 'Holdpoint-dev');
});

afterAll(async () => {
  await Promise.all([folder, local.folder].map((path) => rm(path, { recursive: true, force: true })));
});

it('synthesises the whole template', async () => {
  const stable = JSON.stringify(prod.template, null, 2).replaceAll(/[0-9a-f]{64}/g, '<asset>');
  await expect(stable).toMatchFileSnapshot('template.snap');
});

it('says nothing that nobody asked for', () => {
  expect(said).toBe('');
});

it('keeps the threads of every stage but dev', () => {
  expect(resource(prod.template, 'AWS::DynamoDB::GlobalTable')['DeletionPolicy']).toBe('Retain');
  expect(resource(local.template, 'AWS::DynamoDB::GlobalTable')['DeletionPolicy']).toBe('Delete');
});

it('bundles the streaming rim: minified ESM, imported as Lambda would, with a source map that names our files', async () => {
  const { code, map, file } = await bundle(prod);
  expect(basename(file)).toBe('index.mjs');
  expect(await imports(file)).toBe('function');
  expect(code).toMatch(/export\s*\{/);
  expect(code).toContain('//# sourceMappingURL=index.mjs.map');
  expect(code).not.toContain('createStreamingHandler');
  expect(map.sources.some((source) => source.endsWith('functions/http.ts'))).toBe(true);
  expect(map.sourcesContent ?? []).toEqual([]);
});

it('bundles the buffered rim, and points it at the server that stands in for DynamoDB', async () => {
  const { map, file } = await bundle(local);
  expect(await imports(file)).toBe('function');
  expect(map.sources.some((source) => source.endsWith('functions/http-buffered.ts'))).toBe(true);
  expect(map.sources.some((source) => source.endsWith('functions/http.ts'))).toBe(false);
  const { Variables } = resource(local.template, 'AWS::Lambda::Function')['Properties'].Environment;
  expect(Variables.DYNAMODB_ENDPOINT).toBe('http://host.docker.internal:8000');
});

it("bundles a user's own entry, CommonJS packages and the ES modules of the AWS SDK with it", async () => {
  const app = new App({ outdir: join(folder, 'own') });
  const entry = fileURLToPath(new URL('./fixtures/entry.ts', import.meta.url));
  const stack = new HoldpointStack(app, 'Own', { entry });
  const { file, map } = await bundle(await read(app.synth().directory, stack.stackName));
  const { stdout } = await node(
    `console.log(JSON.stringify(await (await import('${pathToFileURL(file).href}')).handler()))`,
  );
  expect(JSON.parse(stdout)).toEqual({ legacy: 'a/b', sep: '/', region: 'eu-west-1' });
  const sdk = map.sources.filter((source) => source.includes('@aws-sdk/client-dynamodb/'));
  expect(sdk.length).toBeGreaterThan(0);
  expect(sdk.filter((source) => source.includes('/dist-cjs/'))).toEqual([]);
});

it.each([
  [{ buffered: 'yes' }, 'Context "buffered": expected true or false, got "yes".'],
  [{ stage: '' }, 'Context "stage": expected a text, got "".'],
  [{ dynamodbEndpoint: 'http://localhost:8000' }, 'give -c buffered=true with it'],
])('refuses the context %o', async (context, message) => {
  await expect(importApp({ ...NO_BUNDLING, ...context })).rejects.toThrow(message);
});

interface Synthesised {
  readonly folder: string;
  readonly template: Properties;
}

async function read(folder: string, stack: string): Promise<Synthesised> {
  return { folder, template: JSON.parse(await readFile(join(folder, `${stack}.template.json`), 'utf8')) };
}

/** infra/app.ts in this process, with context as `cdk -c` gives it. */
async function importApp(context: Properties): Promise<App> {
  vi.resetModules();
  vi.stubEnv('CDK_CONTEXT_JSON', JSON.stringify(context));
  try {
    return (await import('../../infra/app.ts')).app;
  } finally {
    vi.unstubAllEnvs();
  }
}

function resource(template: Properties, type: string): Properties {
  const all: Properties[] = Object.values(template['Resources']);
  return all.find((candidate) => candidate['Type'] === type) ?? {};
}

interface Bundle {
  readonly file: string;
  readonly code: string;
  readonly map: { readonly sources: readonly string[]; readonly sourcesContent?: readonly string[] };
}

/** The function's code, found as CloudFormation does: by the asset that the template names. */
async function bundle({ folder, template }: Synthesised): Promise<Bundle> {
  const key: string = resource(template, 'AWS::Lambda::Function')['Properties'].Code.S3Key;
  const file = join(folder, `asset.${key.replace('.zip', '')}`, 'index.mjs');
  const [code, map] = await Promise.all([readFile(file, 'utf8'), readFile(`${file}.map`, 'utf8')]);
  return { file, code, map: JSON.parse(map) };
}

/** What the bundle exports as `handler`, imported in a process of its own that looks like Lambda's. */
async function imports(file: string): Promise<string> {
  const { stdout } = await node(`
    globalThis.awslambda = { streamifyResponse: (handler) => handler, HttpResponseStream: { from: (stream) => stream } };
    console.log(typeof (await import('${pathToFileURL(file).href}')).handler);`);
  return stdout.trim();
}

function node(program: string): Promise<{ stdout: string }> {
  const env = { HOLDPOINT_TABLE: 'threads', AWS_REGION: 'eu-west-1', NODE_NO_WARNINGS: '1' };
  return run(process.execPath, ['--input-type=module', '--eval', program], { cwd: tmpdir(), env });
}
