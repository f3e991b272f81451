import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readVectors } from '../../src/dimension/vectors/read.ts';
import { runProcess } from '../processes.ts';

// The snippet of docs/dimension.md that makes vectors with an ONNX encoder, if there is a Python for it.
const PYTHON = process.env.PYTHON ?? 'python3';
const MODULES = ['numpy', 'onnx', 'onnxruntime', 'tokenizers'];
const python = (...args: readonly string[]) => runProcess(PYTHON, args);
const check = `import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, ${JSON.stringify(MODULES)})))`;
const hasModules = python('-c', check).status === 0;

const folder = mkdtempSync(join(tmpdir(), 'dimension-snippet-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An encoder that looks the vector of every word up. */
const MODEL = `
import sys, numpy, onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers
table = numpy.array([[0, 0], [1, 2], [3, 6]], "float32")
ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "length"])
out = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [1, "length", 2])
node = helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])
graph = helper.make_graph([node], "encoder", [ids], [out], [numpy_helper.from_array(table, "table")])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
onnx.save(model, sys.argv[1])
words = Tokenizer(models.WordLevel({"[UNK]": 0, "red": 1, "cube": 2}, unk_token="[UNK]"))
words.pre_tokenizer = pre_tokenizers.Whitespace()
words.save(sys.argv[2])
`;

test.skipIf(!hasModules)(
  'the snippet writes vectors of an ONNX encoder that are read by name',
  async () => {
    const docs = readFileSync(new URL('../../docs/dimension.md', import.meta.url), 'utf8');
    const [, snippet] = /```python\n([\s\S]*?)```/.exec(docs) ?? [];
    const [model, tokenizer, source] = ['model.onnx', 'tokenizer.json', 'items.tsv'].map((name) =>
      join(folder, name),
    );
    writeFileSync(source, 'first\tred\nsecond\tred cube\nthird\tgreen cube\n');
    expect(python('-c', MODEL, model, tokenizer)).toMatchObject({ status: 0 });
    const run = python('-c', snippet, model, tokenizer, source);
    expect([run.status, run.stderr]).toEqual([0, '']);
    const { names, width, values } = await readVectors(
      ['items.npy', 'items.txt'].map((name) => join(folder, name)),
    );
    expect(names).toEqual(['first', 'second', 'third']);
    expect([width, ...values]).toEqual([2, 1, 2, 2, 4, 1.5, 3]);
  },
);
