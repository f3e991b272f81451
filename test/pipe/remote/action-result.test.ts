import { expect, test } from 'vitest';
import type { Digest } from '../../../src/pipe/core/digest.ts';
import {
  decodeActionResult,
  encodeActionResult,
  type RemoteRecord,
} from '../../../src/pipe/remote/action-result.ts';
import { fc } from '../../properties.ts';

const record: RemoteRecord = {
  outputs: [
    { name: 'weights', digest: 'ab'.repeat(32) as Digest, size: 123_456_789_012 },
    {
      name: 'log',
      digest: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' as Digest,
      size: 0,
    },
  ],
  seconds: 1.5,
  finished: 1_764_000_000_000,
};

const AB = '6162'.repeat(32);
const EMPTY = Buffer.from(record.outputs[1].digest).toString('hex');
const REST = Buffer.from('{"seconds":1.5,"finished":1764000000000}').toString('hex');

/** As protobuf 6 for Python writes an ActionResult with these two files and this stdout_raw. */
const golden = `12540a077765696768747312490a40${AB}1094b4e4f4cb0312490a036c6f6712420a40${EMPTY}2a28${REST}`;

/** The same with the first file marked as executable, a field that we do not use. */
const executable = golden
  .replace('12540a07', '12560a07')
  .replace('94b4e4f4cb03', '94b4e4f4cb032001');

test('a record is the ActionResult that a protobuf library writes', () => {
  expect(encodeActionResult(record).toString('hex')).toBe(golden);
  expect(decodeActionResult(Buffer.from(golden, 'hex'))).toEqual(record);
});

test('unknown fields are skipped', () => {
  expect(decodeActionResult(Buffer.from(executable, 'hex'))).toEqual(record);
});

test('truncated, corrupt and random bytes give a valid record or none, never an error', () => {
  const bytes = encodeActionResult(record);
  for (let at = 0; at < bytes.length - 1; at += 1) {
    expect(decodeActionResult(bytes.subarray(0, at))).toBeUndefined();
  }
  fc.assert(
    fc.property(fc.nat(bytes.length * 8 - 1), fc.uint8Array(), (bit, noise) => {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] ^= 1 << (bit & 7);
      for (const found of [decodeActionResult(flipped), decodeActionResult(Buffer.from(noise))]) {
        for (const { digest, size } of found?.outputs ?? []) {
          expect(digest).toMatch(/^[0-9a-f]{64}$/);
          expect(Number.isSafeInteger(size) && size >= 0).toBe(true);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('headline metrics are part of the record if they are numbers', () => {
  const told = { ...record, metrics: { 'kl[game=set]': [0.25, 0.01] as const } };
  expect(decodeActionResult(encodeActionResult(told))).toEqual(told);
  for (const metrics of [{ kl: 1 }, { kl: ['<script>', 0] }, [], 'none']) {
    const made = encodeActionResult({ ...record, metrics: metrics as never });
    expect(decodeActionResult(made)).toBeUndefined();
  }
});

test('a digest that is a path is rejected', () => {
  const evil = { ...record.outputs[0], digest: '../../../../etc/passwd' as Digest };
  expect(decodeActionResult(encodeActionResult({ ...record, outputs: [evil] }))).toBeUndefined();
});

test('the type of machine is part of the record if it is printable', () => {
  const told = { ...record, machine: 'linux-x64, AMD EPYC, family 26' };
  expect(decodeActionResult(encodeActionResult(told))).toEqual(told);
  for (const machine of ['', '\u001b[2J', 'two\nlines', 'x'.repeat(201), 3]) {
    const bytes = encodeActionResult({ ...record, machine: machine as string });
    expect(decodeActionResult(bytes)).toBeUndefined();
  }
});
