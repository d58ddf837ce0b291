import { compare } from './compare.ts';

await compare('persistence', {
  metadataOfARun: { at: [0, 2], why: "snapshots carry the run's metadata" },
});
