import { dirname, join } from 'node:path';
import { currentBoot } from '../core/boot.ts';
import type { Digest } from '../core/digest.ts';
import type { Findings } from '../current/findings.ts';
import {
  type Current,
  type CurrentLines,
  type CurrentRecord,
  KnownCurrent,
} from '../current/known-current.ts';
import { Untouched } from '../current/untouched.ts';
import type { Disk } from '../disk/disk.ts';
import { realDisk } from '../disk/disk.ts';
import { Paths } from '../disk/paths.ts';
import type { Graph, GraphKey, Instance, InstanceId } from '../pipeline/graph.ts';
import { Plan } from '../pipeline/plan.ts';
import { ActionLog, type ActionRecord } from './action-log.ts';
import { BlobStore } from './blobs.ts';
import type { Fingerprint, OutputRecord } from './fingerprint.ts';
import { StatIndex } from './stat-index.ts';

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

  /** What is known to be current of that which a run without targets is about. */
  untouched(graph: Graph, codeOf: (module: string) => string): Untouched | undefined {
    // One that was expanded anew is not known.
    if (!(graph instanceof Plan) || graph.key === undefined) return undefined;
    // What is known holds for the log as it was: it is compared with the one that is read for the rest.
    this.#actions ??= this.#readActions();
    const known = this.known.find(graph.key, this.#seen);
    return known && Untouched.find(known, graph, codeOf, this.paths.root, this.disk);
  }

  /**
   * Remembers that all instances that a run without targets is about are current.
   * @param instances those that were looked at
   * @param rest all others
   * @param resultOf what an instance made
   */
  keepCurrent(
    key: GraphKey,
    { instances, rest }: Pick<Findings, 'instances' | 'rest'>,
    codeOf: (module: string) => string,
    resultOf: (id: InstanceId) => Omit<Current, 'state'> | undefined,
  ): void {
    const records: CurrentRecord[] = [];
    const modules = new Set(rest?.modules);
    for (const instance of instances) {
      const result = resultOf(instance.id);
      const record = result?.record ?? (result && this.#describe(instance, result));
      if (record === undefined) return;
      records.push(record);
      modules.add(instance.module);
    }
    const codes = Object.fromEntries([...modules].map((module) => [module, codeOf(module)]));
    this.known.keep(key, codes, rest?.lines(records) ?? joined(records));
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

function joined(records: readonly CurrentRecord[]): CurrentLines {
  const files = records.map((record) => record.files).join('');
  return { instances: records.length, files, made: records.map(({ made }) => made).join('') };
}
