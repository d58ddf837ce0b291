/**
 * The peer of the cost bench in a folder of its own: its libraries do not fit into one tree with LangGraph.js 1.7.3, so they are installed apart,
 * with --legacy-peer-deps, the first time that the bench runs.
 */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { Durability } from './cost-programs.ts';
import type { Cost } from './ledger.ts';

export interface PeerOrder {
  readonly endpoint: string;
  readonly cycles: readonly { readonly note: string; readonly durability: Durability }[];
  readonly turns: readonly string[];
  readonly durability: Durability;
}

export interface PeerCosts {
  readonly cycles: readonly Cost[];
  readonly growth: readonly Cost[];
  /** Why a turn failed, the one after the last in `growth`. */
  readonly failed?: string;
}

const HERE = fileURLToPath(new URL('.', import.meta.url));
const FOLDER = join(HERE, '../.holdpoint/bench-peer-rwai');
const PROGRAMS = ['peer-rwai/worker.ts', 'cost-programs.ts', 'ledger.ts'];

/** Measures the peer against the same server. */
export async function peerCosts(order: PeerOrder): Promise<PeerCosts> {
  await install();
  for (const file of PROGRAMS) await copyFile(join(HERE, file), join(FOLDER, file));
  const outfile = join(FOLDER, 'worker.mjs');
  await build({
    entryPoints: [join(FOLDER, 'peer-rwai/worker.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });
  const worker = spawn(process.execPath, [outfile], { stdio: ['pipe', 'pipe', 'inherit'] });
  worker.stdin.end(JSON.stringify(order));
  return JSON.parse(await text(worker.stdout)) as PeerCosts;
}

async function install(): Promise<void> {
  await mkdir(join(FOLDER, 'peer-rwai'), { recursive: true });
  await copyFile(join(HERE, 'peer-rwai/package.json'), join(FOLDER, 'package.json'));
  if (existsSync(join(FOLDER, 'node_modules/@rwai/langgraphjs-checkpoint-dynamodb'))) return;
  await promisify(execFile)('npm', ['install', '--legacy-peer-deps', '--no-audit', '--no-fund'], { cwd: FOLDER });
}
