import { dirname, join } from 'node:path';
import type { Graph, GraphKey, Instance, InstanceId } from '../pipeline/graph.ts';
import { ActionLog, type ActionRecord } from './action-log.ts';
import { BlobStore } from './blobs.ts';
import type { Digest } from './digest.ts';
import type { Disk } from './disk.ts';
import { realDisk } from './disk.ts';
import type { Fingerprint, OutputRecord } from './fingerprint.ts';
import { type Current, type CurrentRecord, KnownCurrent } from './known-current.ts';
import { Paths } from './paths.ts';
import { currentBoot } from './process-identity.ts';
import { StatIndex } from './stat-index.ts';
import { untouched } from './untouched.ts';

/** An artifact that is not what it should be. */
export interface Fault {
  readonly output: OutputRecord;
  readonly path: string;
  /** `replaced`: it is another version that the pipeline made; `altered`: nobody knows who did. */
  readonly kind: 'missing' | 'replaced' | 'altered';
}

/** What the project has made so far: action records, the files they name, and the artifacts in place. */
export class Cache {
  readonly disk: Disk;
  readonly paths: Paths;
  #actions: ActionLog | undefined;
  /** Signature of the action log when it was read. */
  #seen: string | undefined;
  readonly blobs: BlobStore;
  readonly known: KnownCurrent;
  readonly #artifacts: StatIndex;
  readonly #blobIndex: StatIndex;

  /**
   * @param root of the project
   * @param boot names the time since the machine was started; empty where that is not known
   */
  constructor(root: string, disk: Disk = realDisk, boot: string = currentBoot()) {
    this.disk = disk;
    this.paths = new Paths(root);
    this.#artifacts = new StatIndex(disk, join(this.paths.cache, 'artifacts.index'), boot);
    this.#blobIndex = new StatIndex(disk, join(this.paths.cache, 'blobs.index'), boot);
    this.blobs = new BlobStore(disk, this.paths, this.#blobIndex);
    this.known = new KnownCurrent(disk, this.paths, boot);
  }

  get actions(): ActionLog {
    this.#actions ??= this.#readActions();
    return this.#actions;
  }

  /** Reads the action log again if another process wrote to it; returns whether it did. */
  refresh(): boolean {
    if (this.disk.stat(this.paths.actions)?.signature === this.#seen) return false;
    this.#actions = this.#readActions();
    return true;
  }

  #readActions(): ActionLog {
    this.#seen = this.disk.stat(this.paths.actions)?.signature;
    return new ActionLog(this.disk, this.paths.actions);
  }

  /** Compares the artifacts in place with what an action made; reads only what changed. */
  async faults(instance: Instance, outputs: readonly OutputRecord[]): Promise<readonly Fault[]> {
    let faults: Fault[] | undefined;
    for (const output of outputs) {
      const path = this.paths.artifact(instance, output.name);
      const known = this.#artifacts.lookup(path);
      if (known === output.digest) continue;
      const found = known === 'unknown' ? await this.#artifacts.rehash(path) : known;
      if (found === output.digest) continue;
      const kind = found === undefined || found === 'missing' ? 'missing' : this.#originOf(found);
      faults ??= [];
      faults.push({ output, path, kind });
    }
    return faults ?? [];
  }

  /** Whether an artifact is known, by its signature, to be what an action made. */
  isInPlace(instance: Instance, { name, digest }: OutputRecord): boolean {
    return this.#artifacts.lookup(this.paths.artifact(instance, name)) === digest;
  }

  #originOf(digest: Digest): 'replaced' | 'altered' {
    return this.disk.stat(this.paths.blob(digest)) === undefined ? 'altered' : 'replaced';
  }

  /**
   * Puts an artifact in place.
   * @returns whether the store has it
   */
  async publish(instance: Instance, { name, digest }: OutputRecord): Promise<boolean> {
    const path = this.paths.artifact(instance, name);
    if ((await this.blobs.copyTo(digest, path)) !== 'sound') return false;
    this.#artifacts.record(path, digest, false);
    return true;
  }

  /** Whether an artifact is still the file that was last verified. */
  isUntouched(path: string): boolean {
    return this.#artifacts.isUnchanged(path);
  }

  /** Stores what an action made: first the files, then the record that names them. */
  async keep(
    record: ActionRecord,
    fingerprint: Fingerprint,
    fileOf: (output: OutputRecord) => string,
  ): Promise<void> {
    for (const output of record.outputs) await this.blobs.adopt(fileOf(output), output.digest);
    await this.actions.add(record, fingerprint);
  }

  /**
   * What is known to be current of that which a run without targets is about.
   * @param instances those, in the order of the graph
   */
  untouched(
    { key }: Pick<Graph, 'key'>,
    instances: readonly Instance[],
    codeOf: (module: string) => string,
  ): ReadonlyMap<InstanceId, Current> {
    if (key === undefined) return new Map();
    // What is known holds for the log as it was: it is compared with the one that is read for the rest.
    this.#actions ??= this.#readActions();
    const known = this.known.find(key, this.#seen);
    if (known === undefined) return new Map();
    return untouched(known, instances, codeOf, this.paths.root, this.disk);
  }

  /**
   * Remembers that all instances that a run without targets is about are current.
   * @param resultOf what each made
   */
  keepCurrent(
    key: GraphKey,
    instances: readonly Instance[],
    codeOf: (module: string) => string,
    resultOf: (id: InstanceId) => Omit<Current, 'state'> | undefined,
  ): void {
    const records: CurrentRecord[] = [];
    const codes: Record<string, string> = {};
    for (const instance of instances) {
      const result = resultOf(instance.id);
      const record = result?.record ?? (result && this.#describe(instance, result));
      if (record === undefined) return;
      records.push(record);
      codes[instance.module] ??= codeOf(instance.module);
    }
    this.known.keep(key, codes, records);
  }

  /** `undefined` where the look of an artifact is not known. */
  #describe(
    instance: Instance,
    { key, outputs }: Omit<Current, 'state'>,
  ): CurrentRecord | undefined {
    let files = '';
    let made: string = key;
    for (const name of Object.keys(instance.outputs)) {
      const path = this.paths.artifact(instance, name);
      const signature = this.#artifacts.signature(path);
      const output = outputs.find((one) => one.name === name);
      if (signature === undefined || output === undefined) return undefined;
      files += `${signature} ${this.paths.show(path)}\n`;
      made += ` ${output.digest} ${output.size}`;
    }
    return { files, made: `${made}\n` };
  }

  /** Reads an artifact again whatever its stat says. */
  async verify(instance: Instance, output: OutputRecord): Promise<'sound' | 'missing' | 'altered'> {
    const found = await this.#artifacts.rehash(this.paths.artifact(instance, output.name));
    if (found === undefined) return 'missing';
    return found === output.digest ? 'sound' : 'altered';
  }

  /** Lists what a stage's code consists of, so that it can be compared when it has changed. */
  keepCodeManifest(digest: string, content: object): void {
    const path = this.paths.codeManifest(digest);
    if (this.disk.stat(path) !== undefined) return;
    this.disk.makeFolder(dirname(path));
    this.disk.replace(path, JSON.stringify(content));
  }

  /** Writes down what is known about files, for the next run. */
  save(): void {
    this.#artifacts.save();
    this.#blobIndex.save();
  }

  pruneIndices(): void {
    this.#artifacts.prune();
    this.#blobIndex.prune();
  }
}
