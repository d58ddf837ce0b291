/**
 * Texts in the table: as they are while they are short, raw-deflated when that is shorter, in pieces when they fit no item.
 * Unpacking is the exact inverse, and fails on anything else.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** JSON text, or the same deflated. */
export type Packed = string | Uint8Array;

/** Below this, deflating saves nothing worth its time. */
const WORTHWHILE = 256;

/** Above this, text that does not deflate is stored as bytes all the same: only bytes are split. */
const LONGEST_TEXT = 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

export function packText(text: string): Packed {
  if (text.length < WORTHWHILE) return text;
  const deflated = deflateRawSync(text);
  const size = packedSize(text);
  return deflated.length < size || size > LONGEST_TEXT ? deflated : text;
}

/** @throws Error when the bytes are not deflated UTF-8 text */
export function unpackText(packed: Packed): string {
  return typeof packed === 'string' ? packed : utf8.decode(inflateRawSync(packed));
}

/** In bytes, as DynamoDB counts them. */
export function packedSize(packed: Packed): number {
  return typeof packed === 'string' ? Buffer.byteLength(packed) : packed.length;
}

export function packedAttribute(packed: Packed): AttributeValue {
  return typeof packed === 'string' ? { S: packed } : { B: packed };
}

/** The first piece and the others, none longer than `longest`. */
export function splitPacked(packed: Packed, longest: number): [first: Packed, ...others: Uint8Array[]] {
  if (typeof packed === 'string' || packed.length <= longest) return [packed];
  const others: Uint8Array[] = [];
  for (let at = longest; at < packed.length; at += longest) others.push(packed.subarray(at, at + longest));
  return [packed.subarray(0, longest), ...others];
}

export function joinPacked(first: Packed, others: readonly Uint8Array[]): Packed {
  return typeof first === 'string' || others.length === 0 ? first : Buffer.concat([first, ...others]);
}
