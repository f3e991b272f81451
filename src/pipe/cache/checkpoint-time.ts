import { join } from 'node:path';
import { seal, unseal } from '../core/checksummed-json.mjs';
import type { ActionKey } from '../core/digest.ts';
import { writeAtomically } from '../disk/write-atomically.ts';
import type { Cache } from './cache.ts';

/** Seconds that attempts have put into a checkpoint. */
interface Spent {
  /** All but the latest. */
  readonly before: number;
  readonly latest: { readonly folder: string; readonly seconds: number };
}

/**
 * The time that went into the checkpoint of an instance: what resumes from it takes less than the stage. An attempt is
 * known by its folder, so that one which outlives its run, on a cluster, is counted once.
 */
export class CheckpointTime {
  /** Seconds of the attempts before this one. */
  readonly before: number;
  readonly #cache: Pick<Cache, 'disk' | 'paths'>;
  readonly #path: string;
  readonly #folder: string;
  /** Of this attempt, in earlier runs. */
  readonly #own: number;
  /** What the checkpoint held when the attempt began. */
  readonly #content: string;
  #isWritten: boolean;

  /**
   * @param folder of the attempt
   * @param isResumed whether there may be a checkpoint: without, the disk is not looked at
   */
  constructor(
    cache: Pick<Cache, 'disk' | 'paths'>,
    key: ActionKey,
    folder: string,
    isResumed: boolean,
  ) {
    this.#cache = cache;
    this.#folder = folder;
    const checkpoint = cache.paths.checkpoint(key);
    this.#path = timeFile(checkpoint);
    const bytes = isResumed ? cache.disk.read(this.#path) : undefined;
    const text = unseal(bytes?.toString('utf8') ?? '');
    this.#isWritten = text !== undefined;
    this.#content = isResumed ? contentOf(cache, checkpoint) : '';
    const known: Spent | undefined = text === undefined ? undefined : JSON.parse(text);
    const isOwn = known?.latest.folder === folder;
    this.before = (known?.before ?? 0) + (isOwn ? 0 : (known?.latest.seconds ?? 0));
    this.#own = isOwn ? (known?.latest.seconds ?? 0) : 0;
  }

  /**
   * @param checkpoint where that of the attempt is now
   * @param seen seconds of the attempt in this run
   * @param whole all seconds of the attempt, where they are known
   */
  note(checkpoint: string, seen: number, whole: number = this.#own + seen): void {
    const content = contentOf(this.#cache, checkpoint);
    // What it did since then is done again.
    if (content === '' || content === this.#content) return;
    const latest = { folder: this.#folder, seconds: whole };
    const spent: Spent = { before: this.before, latest };
    try {
      writeAtomically(this.#cache.disk, this.#path, seal(JSON.stringify(spent)));
      this.#isWritten = true;
    } catch {
      // An estimate will be too short.
    }
  }

  /** The checkpoint is of no use any more. */
  forget(): void {
    if (this.#isWritten) this.#cache.disk.remove(this.#path);
  }
}

/** Of the actions of a run. */
export class CheckpointTimes {
  readonly #cache: Pick<Cache, 'disk' | 'paths'>;
  /** Names in the folder of checkpoints, as the run found them: without any, nothing is read. */
  readonly #names: ReadonlySet<string>;
  /** Actions that have been begun since. */
  readonly #begun = new Set<ActionKey>();

  constructor(cache: Pick<Cache, 'disk' | 'paths'>) {
    this.#cache = cache;
    this.#names = new Set(cache.disk.list(cache.paths.checkpoints));
  }

  /** @param folder of the attempt */
  of(key: ActionKey, folder: string): CheckpointTime {
    const isResumed = this.#begun.has(key) || this.#names.has(timeFile(key));
    this.#begun.add(key);
    return new CheckpointTime(this.#cache, key, folder, isResumed);
  }
}

/** Beside a checkpoint. */
function timeFile(checkpoint: string): string {
  return `${checkpoint}.json`;
}

/** Names what is in a checkpoint; empty if there is none. */
function contentOf({ disk }: Pick<Cache, 'disk'>, folder: string): string {
  return disk
    .list(folder)
    .map((name) => {
      const { size, modified } = disk.stat(join(folder, name)) ?? {};
      return `${name} ${size} ${modified}`;
    })
    .join();
}
