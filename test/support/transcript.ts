/** Runs an example as its readers do, and returns what it printed. Ids are replaced by names in the order in which they appear. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export async function transcript(example: string): Promise<string> {
  const { stdout, stderr } = await node(['--import', 'tsx', `examples/${example}.ts`]);
  return withNames(stdout + stderr);
}

/** The same of a module's text, and what it wrote to stderr. */
export async function transcriptOf(module: string): Promise<{ readonly printed: string; readonly stderr: string }> {
  const { stdout, stderr } = await node(['--input-type=module', '-'], module);
  return { printed: withNames(stdout), stderr };
}

async function node(
  args: readonly string[],
  stdin = '',
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1' };
  delete env['FORCE_COLOR'];
  const run = promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
  run.child.stdin!.end(stdin);
  return run;
}

function withNames(text: string): string {
  const names = new Map<string, string>();
  return text.replace(/[0-9a-f]{32}/g, (id) => {
    const name = names.get(id) ?? `id-${names.size + 1}`;
    names.set(id, name);
    return name;
  });
}
