import { createHash } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { digestFile } from '../../src/pipe/core/digest.ts';
import { median } from './tool.ts';

const BYTES = 2 * 1024 ** 3;
const CHUNK = 1 << 20;
const ROUNDS = 3;

/**
 * A file of 2 GB, hashed as artifacts are, against SHA-256 of the same amount that is in memory already: what
 * one core can do at best. Memory is the peak of the process, which made the file in pieces of 1 MB.
 */
export async function measureHashing(folder: string, isJson: boolean): Promise<void> {
  const path = join(folder, 'large');
  const chunk = Buffer.alloc(CHUNK, 'shatter ');
  const file = openSync(path, 'w');
  for (let written = 0; written < BYTES; written += CHUNK) writeSync(file, chunk);
  closeSync(file);
  const ceiling: number[] = [];
  const measured: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    ceiling.push(await seconds(() => hashMemory(chunk)));
    measured.push(await seconds(() => digestFile(path)));
  }
  rmSync(path);
  const rates = [median(ceiling), median(measured)].map((value) => BYTES / 1e9 / value);
  const memoryMB = Math.round(process.resourceUsage().maxRSS / 1024);
  const share = rates[1] / rates[0];
  if (isJson) {
    console.log(
      JSON.stringify({
        scenario: 'hashing',
        ceilingGBps: rates[0],
        GBps: rates[1],
        share,
        memoryMB,
      }),
    );
    return;
  }
  console.log(`SHA-256 in memory   ${rates[0].toFixed(2)} GB/s`);
  console.log(
    `a file of 2 GB      ${rates[1].toFixed(2)} GB/s, ${(share * 100).toFixed(0)} %; peak ${memoryMB} MB`,
  );
}

function hashMemory(chunk: Buffer): string {
  const sum = createHash('sha256');
  for (let done = 0; done < BYTES; done += CHUNK) sum.update(chunk);
  return sum.digest('hex');
}

async function seconds(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
