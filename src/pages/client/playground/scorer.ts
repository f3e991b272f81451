import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import type { ReportBrowser } from '../../../pipe/pipeline/contract.ts';
import { RUNTIME } from '../../playground-data.ts';

declare const report: ReportBrowser;

const sessions = new Map<string, Promise<InferenceSession>>();
let runtime: Promise<void> | undefined;
/** ONNX Runtime runs one thing at a time. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Scores of all keys for one query, by the model in a file of the page's data. The runtime and the file
 * are loaded when they are first needed.
 *
 * @param tokens // [T]
 * @returns // [K]
 */
export async function scoresOf(file: string, tokens: Int32Array): Promise<Float32Array> {
  const session = await sessionOf(file);
  const result = last.then(() =>
    session.run({ tokens: new Tensor('int32', tokens, [1, tokens.length]) }),
  );
  last = result.catch(() => {});
  return (await result).scores.data as Float32Array;
}

function sessionOf(file: string): Promise<InferenceSession> {
  const known = sessions.get(file);
  if (known !== undefined) return known;
  const session = openSession(file);
  sessions.set(file, session);
  return session;
}

async function openSession(file: string): Promise<InferenceSession> {
  runtime ??= startRuntime();
  const [bytes] = await Promise.all([report.load(file), runtime]);
  const session = last.then(() => InferenceSession.create(bytes as Uint8Array));
  last = session.catch(() => {});
  return await session;
}

async function startRuntime(): Promise<void> {
  // Threads need headers that pages from the file system do not have.
  env.wasm.numThreads = 1;
  env.wasm.wasmBinary = (await report.load(RUNTIME)) as Uint8Array;
}
