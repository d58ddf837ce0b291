import { MemorySaver } from '../../core/checkpoint/memory.ts';
import { Codec } from '../../core/checkpoint/codec.ts';
import { hostile } from '../support/hostile.ts';
import { langchain } from '../../core/langchain.ts';
import { describeCheckpointer } from './checkpointer.ts';
import { describeIdempotency } from './idempotency.ts';
import { describeKeeping } from './keeping.ts';
import { describeLangChain } from './langchain.ts';
import { describeLists } from './lists.ts';

describeCheckpointer('MemorySaver', (options) => new MemorySaver(options));

describeCheckpointer('MemorySaver behind a hostile wrapper', (options) =>
  hostile(new MemorySaver(options), new Codec(options?.codecs)),
);

describeKeeping('MemorySaver', () => new MemorySaver());

describeKeeping('MemorySaver behind a hostile wrapper', () => hostile(new MemorySaver()));

describeLangChain('MemorySaver', () => new MemorySaver());

describeLangChain('MemorySaver with the codec of holdpoint/langchain', () => new MemorySaver({ codecs: [langchain] }));

describeLists('MemorySaver behind a hostile wrapper', (clock) => hostile(new MemorySaver({ clock })));

describeIdempotency('MemorySaver behind a hostile wrapper', () => hostile(new MemorySaver()));
