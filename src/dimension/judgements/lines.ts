import { createReadStream } from 'node:fs';

/** A line that could not be read, or a file without any judgement. */
export class JudgementsError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JudgementsError';
  }
}

/**
 * Calls `onLine` with every line of a UTF-8 file, without its line break and numbered from 1.
 * Memory: one block of the file and its longest line.
 */
export async function readLines(
  path: string,
  onLine: (line: string, number: number) => void,
): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let number = 0;
  const emit = (line: string) => {
    number++;
    onLine(line.endsWith('\r') ? line.slice(0, -1) : line, number);
  };
  const take = (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) emit(line);
  };
  try {
    for await (const block of createReadStream(path, { highWaterMark: 1 << 20 })) {
      take(decoder.decode(block as Buffer, { stream: true }));
    }
    take(decoder.decode());
  } catch (cause) {
    if (cause instanceof TypeError) {
      throw new JudgementsError(`${path}: not UTF-8 text after line ${number}`, { cause });
    }
    throw cause;
  }
  if (rest !== '') emit(rest);
}
