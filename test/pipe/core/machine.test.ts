import { expect, test } from 'vitest';
import { describeMachine, machineType } from '../../../src/pipe/core/machine.ts';

const machine = { ...describeMachine(), platform: 'linux-x64', cpu: 'AMD EPYC' };
const cpuinfo = (family: number, flags: string) =>
  `processor\t: 0\ncpu family\t: ${family}\nmodel\t\t: 2\nmodel name\t: AMD EPYC\nflags\t\t: ${flags}\n`;

test('two generations of processors with one name are two types of machine', () => {
  const older = machineType(machine, cpuinfo(25, 'fpu sse2 avx avx2 fma'));
  const newer = machineType(machine, cpuinfo(26, 'fpu sse2 avx avx2 fma avx512f'));
  expect(older).toMatch(/^linux-x64, AMD EPYC, family 25, model 2, vector [0-9a-f]{8}$/);
  expect(newer).not.toBe(older);
});

test('the type depends on vector instructions, not on other flags or their order', () => {
  const type = (flags: string) => machineType(machine, cpuinfo(26, flags));
  expect(type('sse2 avx2 fma')).toBe(type('fma fpu avx2 ht sse2'));
  expect(type('sse2 avx2 fma')).not.toBe(type('sse2 avx2 fma avx512f'));
});

test('without a description by the system, the type is platform and name', () => {
  const nowhere = { ...machine, platform: 'darwin-arm64', cpu: 'Apple M3' };
  expect(machineType(nowhere, '')).toMatch(/^darwin-arm64, Apple M3, /);
});
