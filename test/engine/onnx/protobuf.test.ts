import { describe, expect, test } from 'vitest';
import { ProtobufWriter } from '../../../src/engine/onnx/protobuf.ts';

function hex(write: (to: ProtobufWriter) => void): string {
  const writer = new ProtobufWriter();
  write(writer);
  return Buffer.from(writer.finish()).toString('hex');
}

// Examples of https://protobuf.dev/programming-guides/encoding unless they say otherwise.
describe('the writer', () => {
  test('writes integers with seven bits per byte, negative ones as ten bytes', () => {
    expect(hex((to) => to.integer(1, 150))).toBe('089601');
    expect(hex((to) => to.integer(1, -2))).toBe('08feffffffffffffffff01');
  });

  test('writes floats as four bytes, lowest first', () => {
    expect(hex((to) => to.float(2, 1))).toBe('150000803f');
  });

  test('writes strings and messages after their lengths', () => {
    expect(hex((to) => to.text(2, 'testing'))).toBe('120774657374696e67');
    expect(hex((to) => to.message(3, () => to.integer(1, 150)))).toBe('1a03089601');
  });

  test('writes strings that are not ASCII as UTF-8', () => {
    expect(hex((to) => to.text(1, 'aé'))).toBe(`0a03${Buffer.from('aé').toString('hex')}`);
    const long = 'é'.repeat(100);
    expect(hex((to) => to.text(1, long))).toBe(`0ac801${Buffer.from(long).toString('hex')}`);
  });

  test('writes lengths of more than one byte, at every depth', () => {
    for (const size of [0, 1, 125, 126, 127, 128, 129, 16_383, 16_384, 70_000]) {
      const data = new Uint8Array(size).fill(7);
      const varint = (n: number): number[] =>
        n < 128 ? [n] : [(n & 127) | 128, ...varint(n >> 7)];
      const inner = [0x0a, ...varint(size), ...data];
      const middle = [0x12, ...varint(inner.length), ...inner];
      const all = [0x1a, ...varint(middle.length), ...middle, 0x08, 1];
      const written = hex((to) => {
        to.message(3, () => to.message(2, () => to.bytes(1, data)));
        to.integer(1, 1);
      });
      expect(written).toBe(Buffer.from(all).toString('hex'));
      const text = 'x'.repeat(size);
      expect(hex((to) => to.text(1, text))).toBe(
        Buffer.from([0x0a, ...varint(size), ...Buffer.from(text)]).toString('hex'),
      );
    }
  });
});
