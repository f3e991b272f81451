/**
 * The coordinator of runs on a cluster, with a clock, a scheduler and agents of its own: what it costs, and how busy
 * it keeps the cluster.
 *
 * usage: npm run bench:slurm-simulation [-- INSTANCES NODES SECONDS]
 */
import { FakeCluster } from '../../test/pipe/slurm/fake-cluster.ts';
import { simulate } from '../../test/pipe/slurm/simulate.ts';

const [instances = 1_000_000, nodes = 1000, seconds = 1] = process.argv.slice(2).map(Number);
const cpu = process.cpuUsage();
const { passed, calls, longestQueue } = await simulate(
  new FakeCluster(nodes),
  instances,
  nodes,
  seconds,
);
const { user, system } = process.cpuUsage(cpu);
const spent = (user + system) / 1e6;
const ideal = (instances * seconds) / nodes;
console.log(`${instances} instances of ${seconds} s on ${nodes} nodes`);
console.log(
  `time on the cluster    ${passed.toFixed(0)} s, of which ${ideal.toFixed(0)} s are the stages'`,
);
console.log(
  `coordinator's CPU time ${spent.toFixed(0)} s: ${((100 * spent) / passed).toFixed(1)} % of a core`,
);
console.log(`memory at the end      ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB`);
console.log(
  `calls of Slurm         ${calls}: one in ${(passed / calls).toFixed(0)} s; instances at the coordinator ${longestQueue}`,
);
