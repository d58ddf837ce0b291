/** Stands in for `@aws-sdk/credential-provider-node` in the Lambda bundle: see bundling.ts. */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
