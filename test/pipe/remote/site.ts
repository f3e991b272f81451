import { Cache } from '../../../src/pipe/cache/cache.ts';
import { HttpStore } from '../../../src/pipe/remote/http-store.ts';
import { RemoteCache } from '../../../src/pipe/remote/remote-cache.ts';
import { pull, push } from '../../../src/pipe/remote/transfer.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { graphOf, type Node, TestProject } from '../project.ts';
import { FileServer } from './server.ts';

export const nodes: readonly Node[] = [
  { id: 'top', params: { x: 1 } },
  { id: 'left', needs: ['top'], params: { side: 'l' } },
  { id: 'right', needs: ['top'], params: { side: 'r' } },
  { id: 'bottom', needs: ['left', 'right'] },
];
export const graph = graphOf(nodes);
export const SECRET = 'Bearer hunter2';

/** A project on its own machine that shares a remote cache with others. */
export class Site {
  readonly root: string;
  readonly disk: MemoryDisk;
  readonly project: TestProject;
  readonly #server: FileServer;

  constructor(server: FileServer, root = '/home/someone/project') {
    this.root = root;
    this.disk = new MemoryDisk(root);
    this.project = new TestProject(root, this.disk);
    this.#server = server;
  }

  readonly remote = (cache: Cache): RemoteCache => {
    const address = { url: this.#server.url, authorization: SECRET };
    // Retries at once, and takes a short silence for a hung server.
    return new RemoteCache(new HttpStore(address, { backoff: 0, idleTimeout: 100 }), cache);
  };

  cache(): Cache {
    return new Cache(this.root, this.disk, '1');
  }

  async push(force = false) {
    const cache = this.cache();
    return await push(cache, this.remote(cache), graph.instances, this.#codeOf, force);
  }

  async pull() {
    const cache = this.cache();
    const counts = await pull(cache, this.remote(cache), graph.instances, this.#codeOf);
    cache.save();
    return counts;
  }

  readonly #codeOf = (module: string) => `code of ${module}`;

  artifacts() {
    return Object.values(this.disk.files(`${this.root}/artifacts`));
  }
}

/** A server that has all results, and another site that has none. */
export async function shared() {
  const server = await FileServer.start();
  const here = new Site(server);
  await here.project.run(graph);
  await here.push();
  server.requests.length = 0;
  return { server, here, there: new Site(server, '/srv/other') };
}
