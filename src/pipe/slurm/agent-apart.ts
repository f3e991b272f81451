import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { realDisk } from '../disk/disk.ts';
import { remoteAddress } from '../remote/address.ts';
import { openStore } from '../remote/open-store.ts';
import { PatientStore } from '../remote/patient-store.ts';
import { RemoteFiles } from '../remote/remote-files.ts';
import { type AgentSettings, SECRET } from './batch.ts';
import { AgentCourier } from './courier.ts';
import { RemoteNodeSupply } from './node-supply.ts';
import type { NodeSupply } from './supply.ts';

/** Least time for which a remote cache that fails is asked again, in milliseconds. */
const PATIENCE = 10_000;

/** What an agent has instead of a shared folder. */
interface AgentApart {
  readonly supply: NodeSupply;
  /** @throws {Error} if another job has been the agent of the slot */
  claim(): Promise<void>;
  /** Sends the last words. */
  close(): Promise<void>;
}

/** @returns `undefined` where the project's folder can be seen */
export function openApart(
  { remote, folder, root, lease }: AgentSettings,
  slot: string,
): AgentApart | undefined {
  if (remote?.at === undefined) return undefined;
  const { url, at, roots } = remote;
  const { [SECRET]: secret = '' } = process.env;
  // Stages need not know it.
  delete process.env[SECRET];
  const patience = Math.max(lease, PATIENCE);
  const address = remoteAddress(process.env, url);
  const store = new PatientStore(url, () => openStore(realDisk, address));
  const courier = new AgentCourier({ disk: realDisk, store, secret, folder }, slot);
  for (const path of [join(folder, 'in', slot), join(folder, 'out'), root]) {
    mkdirSync(path, { recursive: true });
  }
  const files = new RemoteFiles(store, realDisk);
  return {
    supply: new RemoteNodeSupply({ files, disk: realDisk, folder: at, roots, patience }),
    async claim() {
      if (await courier.isTaken()) throw new Error(`${slot} has been taken by another job`);
      void courier.serve(patience);
    },
    async close() {
      courier.end();
      await courier.sendRest().catch(() => {});
      store.close();
    },
  };
}
