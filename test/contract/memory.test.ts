import { MemorySaver } from '../../core/checkpoint/memory.ts';
import { Codec } from '../../core/checkpoint/codec.ts';
import { hostile } from '../support/hostile.ts';
import { describeCheckpointer } from './checkpointer.ts';

describeCheckpointer('MemorySaver', (options) => new MemorySaver(options));

describeCheckpointer('MemorySaver behind a hostile wrapper', (options) =>
  hostile(new MemorySaver(options), new Codec(options?.codecs)),
);
