/**
 * Reads the data of a page, `globalThis.report.load(name)`. Each is a script of its own that is added when it is asked
 * for: a page opened from the file system can load nothing else.
 */
import type { ReportBrowser } from '../../pipeline/contract.ts';

type Kind = 'json' | 'bytes';

interface Arrived {
  readonly kind: Kind;
  readonly text: string;
}

const files = JSON.parse(document.getElementById('report-data')?.textContent ?? '{}') as Readonly<
  Record<string, string>
>;
const loading = new Map<string, Promise<unknown>>();
const arrived = new Map<string, Arrived>();

function load(name: string): Promise<unknown> {
  const known = loading.get(name);
  if (known !== undefined) return known;
  const value = read(name);
  loading.set(name, value);
  return value;
}

async function read(name: string): Promise<unknown> {
  if (!Object.hasOwn(files, name)) {
    throw new Error(`the page has no data '${name}', only: ${Object.keys(files).join(', ')}`);
  }
  const file = files[name];
  await addScript(file);
  const content = arrived.get(file);
  if (content === undefined) throw new Error(`${file} is damaged`);
  arrived.delete(file);
  const stream = new Blob([decodeBase64(content.text)])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'));
  const response = new Response(stream);
  if (content.kind === 'json') return await response.json();
  return new Uint8Array(await response.arrayBuffer());
}

function addScript(file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = file;
    script.onload = () => {
      script.remove();
      resolve();
    };
    script.onerror = () => reject(new Error(`${file} cannot be read: is the folder complete?`));
    document.head.append(script);
  });
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

Object.assign(globalThis, {
  report: { load } satisfies ReportBrowser,
  reportData: (file: string, kind: Kind, text: string) => arrived.set(file, { kind, text }),
});
