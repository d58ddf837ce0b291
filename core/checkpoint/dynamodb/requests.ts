/**
 * What runs are asked, recorded with their claims (C3): in the head while it is small, otherwise as a part. The claim is taken first, so that
 * a refused one has written nothing, and no node runs before the part is there: a claim whose part is missing has accepted nothing.
 */
import type { RunRequest } from '../checkpointer.ts';
import { lifeKey, type StoredHead } from './head.ts';
import { corruptItem, type Item } from './item.ts';
import { LIMIT, requestPartId } from './keys.ts';
import { type Packed, packedSize, packText, unpackText } from './pack.ts';
import { type FoundPart, readParts, requestText } from './parts.ts';
import type { Partition } from './partition.ts';

/** @throws HoldpointError `unstorable_state` */
export function encodeRequest({ codec }: Partition, request: RunRequest): string {
  return codec.encode(request, 'Request');
}

/** For the head, or undefined when it does not fit there. */
export function packRequest(text: string): Packed | undefined {
  const packed = packText(text);
  return packedSize(packed) <= LIMIT.inlineRequest ? packed : undefined;
}

/** What the claim on a head recorded. @throws HoldpointError `corrupt_item` */
export async function readRequest(partition: Partition, head: StoredHead): Promise<RunRequest | undefined> {
  const request = head.claim?.request;
  if (!request || 'packed' in request)
    return request && decodeRequest(partition, head.item, () => unpackText(request.packed));
  const part = await readRequestPart(partition, head, request.keptBy);
  return part && requestIn(partition, part);
}

/** Whether the claim on a head recorded anything, whatever that is. */
export async function isRecorded(partition: Partition, head: StoredHead): Promise<boolean> {
  const request = head.claim?.request;
  if (!request || 'packed' in request) return request !== undefined;
  return (await readRequestPart(partition, head, request.keptBy))?.data !== undefined;
}

async function readRequestPart(partition: Partition, head: StoredHead, runId: string): Promise<FoundPart | undefined> {
  const id = requestPartId(head.version, runId);
  const [part] = await readParts(partition, lifeKey(head), id, id);
  return part;
}

/** Undefined for a part that was not written to its end. @throws HoldpointError `corrupt_item` */
export function requestIn(partition: Partition, part: FoundPart): RunRequest | undefined {
  return part.data === undefined ? undefined : decodeRequest(partition, part.items[0]!, () => requestText(part));
}

function decodeRequest({ codec }: Partition, item: Item, read: () => string): RunRequest {
  try {
    return codec.decode(read()) as RunRequest;
  } catch (error) {
    throw corruptItem(item, `its request cannot be decoded (${(error as Error).message})`, error);
  }
}
