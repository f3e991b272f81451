import type { Data } from 'apache-arrow';
import { DataType } from './arrow.ts';
import { numberTypeOf } from './arrow-types.ts';

/**
 * What is wrong with a column's buffers, if anything. Arrow files carry no checksums, and a damaged
 * one can announce more rows than its buffers hold; typed arrays would then read `undefined`.
 */
export function damage(data: Data): string | undefined {
  const { type, length, nullBitmap } = data;
  const { values, children } = data;
  if (nullBitmap != null && nullBitmap.length > 0 && nullBitmap.length * 8 < length) {
    return `${nullBitmap.length * 8} validity bits for ${length} rows`;
  }
  if (DataType.isUtf8(type)) return offsetDamage(data, values.length);
  if (DataType.isBool(type)) return shortage(values.length * 8, length);
  if (numberTypeOf(type) !== undefined) return shortage(values.length, length);
  if (DataType.isFixedSizeList(type)) {
    return shortage(children[0].length, length * type.listSize) ?? damage(children[0]);
  }
  if (DataType.isList(type)) return offsetDamage(data, children[0].length) ?? damage(children[0]);
  // Types that this program does not write are refused where they are asked for.
  return undefined;
}

function shortage(have: number, need: number): string | undefined {
  return have < need ? `${have} values where ${need} belong` : undefined;
}

function offsetDamage({ valueOffsets, length }: Data, end: number): string | undefined {
  if (length === 0) return undefined;
  if (valueOffsets === undefined || valueOffsets.length <= length) return 'offsets are missing';
  let last = 0;
  for (let row = 0; row <= length; row++) {
    const offset = Number(valueOffsets[row]);
    if (offset < last || offset > end) return `row ${row} starts outside its values`;
    last = offset;
  }
  return undefined;
}
