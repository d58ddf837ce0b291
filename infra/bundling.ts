/** How a handler becomes the file that Lambda loads. The bench measures what this makes. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundlingOptions, LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/** Graphs may use CommonJS packages, whose require() of a Node module would fail in an ES module. */
export const BANNER = `import{createRequire as holdpointCreateRequire}from'node:module';const require=holdpointCreateRequire(import.meta.url);`;

/**
 * Instead of the SDK's search for credentials (SSO, profiles, web identity, instance metadata: a third of the bundle, and of its
 * import time), the environment, where Lambda puts them. A client that is given credentials of its own is not affected.
 */
export const ALIAS = { '@aws-sdk/credential-provider-node': ownFile('infra/lambda-credentials') };

export const bundling: BundlingOptions = {
  format: OutputFormat.ESM,
  mainFields: ['module', 'main'],
  bundleAwsSDK: true,
  minify: true,
  sourceMap: true,
  sourcesContent: false,
  logLevel: LogLevel.WARNING,
  banner: BANNER,
  esbuildArgs: Object.fromEntries(Object.entries(ALIAS).map(([from, to]) => [`--alias:${from}`, to])),
};

/** A file of this package: TypeScript in the repository, JavaScript where the package is installed, as this file is. */
export function ownFile(name: string): string {
  const here = import.meta.url;
  return fileURLToPath(new URL(`../${name}${extname(new URL(here).pathname)}`, here));
}
