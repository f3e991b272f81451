import type { Digest } from '../core/digest.ts';
import { currentBoot } from '../core/machine.ts';
import type { Disk } from '../disk/disk.ts';
import { realDisk } from '../disk/disk.ts';
import { Paths } from '../disk/paths.ts';
import { writeAtomically } from '../disk/write-atomically.ts';
import type { DigestOf } from '../inputs/command-codes.ts';
import { RawInputs } from '../inputs/raw-inputs.ts';
import { Surroundings } from '../inputs/surroundings.ts';
import type { Instance } from '../pipeline/graph.ts';
import { ActionLog, type ActionRecord } from './action-log.ts';
import { ArtifactPlaces } from './artifact-places.ts';
import { BlobStore } from './blobs.ts';
import type { Fingerprint, OutputRecord } from './fingerprint.ts';
import { OutputStore } from './output-store.ts';
import { Signatures } from './signatures.ts';

/** An artifact that is missing or has other content than recorded. */
export interface Fault {
  readonly output: OutputRecord;
  readonly path: string;
  /** `replaced`: by another result of the pipeline; `altered`: by something else. */
  readonly kind: 'missing' | 'replaced' | 'altered';
}

/** Results of the project: action records, the blobs they name, and the artifacts in place. */
export class Cache {
  readonly disk: Disk;
  readonly paths: Paths;
  #actions: ActionLog | undefined;
  /** Signature of the action log when it was read. */
  #seen: string | undefined;
  readonly blobs: BlobStore;
  readonly outputs: OutputStore;
  readonly places: ArtifactPlaces;
  /** Told when something foreign stood in an artifact's place, and where it is now. */
  onMovedAside: (path: string, to: string) => void = () => {};
  /** What instances read that no stage made. */
  readonly raw: RawInputs;
  readonly surroundings: Surroundings;
  readonly #signatures: Signatures;

  /**
   * @param root of the project
   * @param boot names the time since the machine was started; empty where that is not known
   */
  constructor(
    root: string,
    disk: Disk = realDisk,
    boot: string = currentBoot(),
    surroundings: Surroundings = new Surroundings(root, disk),
  ) {
    this.disk = disk;
    this.paths = new Paths(root);
    this.#signatures = new Signatures(disk, this.paths.signatures, boot);
    this.blobs = new BlobStore(disk, this.paths, this.#signatures);
    this.outputs = new OutputStore(disk, this.paths, this.blobs);
    this.places = new ArtifactPlaces(disk, this.paths, this.#signatures);
    this.surroundings = surroundings;
    this.raw = new RawInputs(disk, surroundings, this.paths, this.digestOf, this.#signatures);
  }

  get actions(): ActionLog {
    this.#actions ??= this.#readActions();
    return this.#actions;
  }

  /** Signature of the action log as it was read. */
  get actionsSignature(): string | undefined {
    this.#actions ??= this.#readActions();
    return this.#seen;
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

  /** Compares the artifacts in place with the outputs of an action; reads only changed files. */
  async faults(instance: Instance, outputs: readonly OutputRecord[]): Promise<readonly Fault[]> {
    let faults: Fault[] | undefined;
    for (const output of outputs) {
      const path = this.paths.artifact(instance, output.name);
      const known = this.#signatures.lookup(path);
      if (known === output.digest) continue;
      const digest = known === 'unknown' ? await this.#signatures.rehashArtifact(path) : known;
      if (digest === output.digest) continue;
      const kind =
        digest === undefined || digest === 'missing' ? 'missing' : this.#originOf(digest);
      faults ??= [];
      faults.push({ output, path, kind });
    }
    return faults ?? [];
  }

  /** Whether an instance has had any result. */
  hasDone({ id }: Instance): boolean {
    return this.actions.doneFor(id).next().done !== true;
  }

  /** Whether the signature of an artifact shows that it is the output of an action. */
  isInPlace(instance: Instance, { name, digest }: OutputRecord): boolean {
    return this.#signatures.lookup(this.paths.artifact(instance, name)) === digest;
  }

  #originOf(digest: Digest): 'replaced' | 'altered' {
    return this.disk.stat(this.paths.blob(digest)) === undefined ? 'altered' : 'replaced';
  }

  /**
   * Puts an artifact in place.
   * @param wasMade whether the pipeline has put something there before
   * @returns whether the store has it
   */
  async publish(instance: Instance, output: OutputRecord, wasMade: boolean): Promise<boolean> {
    const path = this.paths.artifact(instance, output.name);
    const aside = await this.places.makeWay(path, wasMade);
    if (aside !== undefined) this.onMovedAside(path, aside);
    if ((await this.outputs.place(output, path)) !== 'sound') return false;
    this.#signatures.record(path, output.digest, false);
    return true;
  }

  /** Digest of a file that others write; `undefined` if there is none. */
  readonly digestOf: DigestOf = (path, seen) => this.#signatures.digestOfForeign(path, seen);

  /** Whether an artifact is still the file that was last verified. */
  isUnchanged(path: string): boolean {
    return this.#signatures.isUnchanged(path);
  }

  /** Stores the result of an action: first the files, then the record that names them. */
  async keep(
    record: ActionRecord,
    fingerprint: Fingerprint,
    fileOf: (output: OutputRecord) => string,
  ): Promise<void> {
    for (const output of record.outputs) await this.outputs.adopt(fileOf(output), output);
    await this.actions.add(record, fingerprint);
  }

  /** Signature of an artifact when it was last verified; `undefined` if it never was. */
  signatureOf(path: string): string | undefined {
    return this.#signatures.signature(path);
  }

  /** Reads an artifact again, whatever its signature. */
  async verify(instance: Instance, output: OutputRecord): Promise<'sound' | 'missing' | 'altered'> {
    const digest = await this.#signatures.rehashArtifact(
      this.paths.artifact(instance, output.name),
    );
    if (digest === undefined) return 'missing';
    return digest === output.digest ? 'sound' : 'altered';
  }

  /** Stores the files and packages of a stage's code, so that a later version can be compared with them. */
  keepCodeManifest(digest: string, content: object): void {
    const path = this.paths.codeManifest(digest);
    // Not synced: there may be thousands. What a power cut leaves of one is empty, or is not read.
    if ((this.disk.stat(path)?.size ?? 0) > 0) return;
    writeAtomically(this.disk, path, JSON.stringify(content));
  }

  /** Stores the signatures of files for the next run. */
  save(): void {
    this.#signatures.save();
  }

  pruneSignatures(): void {
    this.#signatures.prune();
  }
}
