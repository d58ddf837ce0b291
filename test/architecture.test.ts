/** The import arrows of docs/design.md, read from the sources. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Import {
  readonly file: string;
  /** A package's name, or a path from the root. */
  readonly target: string;
}

function importsOf(folder: string): Import[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return files.flatMap((name) => {
    const file = join(folder, name);
    const source = readFileSync(join(root, file), 'utf8');
    const statements = /^(?:import|export)\b[^']*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;
    const specifiers = [...source.matchAll(statements)].map((match) => (match[1] ?? match[2] ?? match[3])!);
    return specifiers.map((specifier) => ({
      file,
      target: specifier.startsWith('.')
        ? relative(root, join(root, dirname(file), specifier))
        : specifier.startsWith('node:')
          ? specifier
          : specifier
              .split('/')
              .slice(0, specifier.startsWith('@') ? 2 : 1)
              .join('/'),
    }));
  });
}

function violations(folder: string, allowed: (one: Import) => boolean): string[] {
  return importsOf(folder)
    .filter((one) => !allowed(one))
    .map(({ file, target }) => `${file} -> ${target}`);
}

const inside = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

describe('import arrows', () => {
  it('core depends on nothing but itself and AsyncLocalStorage, and two entry points of its own on LangChain and Zod', () => {
    const dynamodb = 'core/checkpoint/dynamodb';
    const langchain = 'core/langchain.ts';
    const prebuilt = 'core/prebuilt';
    expect(
      violations(
        'core',
        ({ file, target }) =>
          inside(file, dynamodb) ||
          (inside(target, 'core') && ![dynamodb, prebuilt, langchain].some((own) => inside(target, own))) ||
          (inside(file, prebuilt) && (inside(target, prebuilt) || target === langchain)) ||
          ((file === langchain || inside(file, prebuilt)) && ['@langchain/core', 'zod'].includes(target)) ||
          target === 'node:async_hooks',
      ),
    ).toEqual([]);
  });

  it('core/checkpoint/dynamodb may import the AWS SDK and node, and of core only checkpoint/, errors and hash', () => {
    const packages = ['@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb'];
    expect(
      violations(
        'core/checkpoint/dynamodb',
        ({ target }) =>
          packages.includes(target) ||
          target.startsWith('node:') ||
          inside(target, 'core/checkpoint') ||
          ['core/errors.ts', 'core/hash.ts'].includes(target),
      ),
    ).toEqual([]);
  });

  it('functions import core, never infra', () => {
    const packages = ['zod', 'aws-lambda', '@aws-sdk/client-dynamodb', 'dynalite'];
    expect(
      violations(
        'functions',
        ({ target }) =>
          inside(target, 'functions') ||
          inside(target, 'core') ||
          target.startsWith('node:') ||
          packages.includes(target),
      ),
    ).toEqual([]);
  });

  it('infra imports the route table, the header lists and the key names, and refers to entries by path', () => {
    const packages = ['aws-cdk-lib', 'constructs', '@aws-sdk/credential-provider-env'];
    expect(
      violations(
        'infra',
        ({ target }) =>
          inside(target, 'infra') ||
          ['functions/routes.ts', 'functions/cors.ts'].includes(target) ||
          target === 'core/checkpoint/dynamodb/keys.ts' ||
          target.startsWith('node:') ||
          packages.includes(target),
      ),
    ).toEqual([]);
  });

  it('core has no clock, chance, environment or output of its own', () => {
    const files = readdirSync(join(root, 'core'), { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.startsWith(join('checkpoint', 'dynamodb')),
    );
    const uses = files.flatMap((file) => {
      const source = readFileSync(join(root, 'core', file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
      return [
        ...source.matchAll(/process\.|console\.|Math\.random|Date\.now|new Date\(\)|randomUUID|setTimeout|fetch\(/g),
      ].map((match) => `${file}: ${match[0]}`);
    });
    // The defaults of compile({ now, newId }) and InMemoryStore({ now }), and the ids of messages, which a reducer gives outside of any graph too.
    // And a drawing is made a picture where LangGraph has it made.
    expect([...new Set(uses)].sort()).toEqual([
      'clock.ts: Date.now',
      'clock.ts: setTimeout',
      'graph/call.ts: randomUUID',
      'graph/mermaid.ts: fetch(',
      'messages/message.ts: randomUUID',
      'store/in-memory.ts: Date.now',
    ]);
  });
});
