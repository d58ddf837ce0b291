/**
 * What runs are asked, recorded with their claims (C3): in the head while it is small, otherwise as an item of its own that is written
 * before the claim refers to it.
 */
import { HoldpointError } from '../../errors.ts';
import type { RunRequest } from '../checkpointer.ts';
import type { StoredHead, StoredRequest } from './head.ts';
import { checkFormat, corruptItem, corruptKey, type Item, readPacked } from './item.ts';
import { ATTRIBUTE as A, FORMAT, LIMIT, requestKey } from './keys.ts';
import { type Packed, packedAttribute, packedSize, packText, unpackText } from './pack.ts';
import { lifeKey } from './head.ts';
import { childKey, type Partition } from './partition.ts';

/** @throws HoldpointError `unstorable_state` */
export function packRequest({ codec, threadId }: Partition, request: RunRequest): Packed {
  const packed = packText(codec.encode(request, 'Request'));
  const size = packedSize(packed);
  if (size > LIMIT.itemData) {
    throw new HoldpointError(
      'unstorable_state',
      `Thread "${threadId}": the request is ${size} bytes when compressed, and at most ${LIMIT.itemData} can be recorded. ` +
        'Store the large part elsewhere and send a reference to it.',
      { threadId, size, limit: LIMIT.itemData },
    );
  }
  return packed;
}

export function fitsHead(packed: Packed): boolean {
  return packedSize(packed) <= LIMIT.inlineRequest;
}

export async function writeRequest(partition: Partition, inc: string, runId: string, packed: Packed): Promise<void> {
  await partition.table.put({
    ...childKey(partition, requestKey(inc, runId)),
    [A.format]: { N: String(FORMAT) },
    [A.writer]: { S: runId },
    [A.data]: packedAttribute(packed),
  });
}

/** @throws HoldpointError `corrupt_item` */
export async function readRequest(
  partition: Partition,
  head: StoredHead,
  request: StoredRequest | undefined,
): Promise<RunRequest | undefined> {
  if (!request) return undefined;
  if ('packed' in request) return unpackRequest(partition, request.packed, head.item);
  const sk = requestKey(lifeKey(head), request.keptBy);
  const item = await partition.table.get(partition.pk, sk);
  if (!item) throw corruptKey(partition.pk, sk, 'the head names it as what a run was asked, and it is not there');
  checkFormat(item);
  return unpackRequest(partition, readPacked(item, A.data), item);
}

function unpackRequest({ codec }: Partition, packed: Packed, item: Item): RunRequest {
  try {
    return codec.decode(unpackText(packed)) as RunRequest;
  } catch (error) {
    throw corruptItem(item, `its request cannot be decoded (${(error as Error).message})`, error);
  }
}
