import type { Topology } from './broker.ts';
import { Fault } from './errors.ts';

/** The groups that hear a message. @throws Fault when there is none: a bug of the publisher */
export function boundGroups(topology: Topology, messageName: string): readonly string[] {
  const groups = Object.entries(topology.groups)
    .filter(([, names]) => names.includes(messageName))
    .map(([group]) => group);
  if (groups.length === 0) throw new Fault(`no queue group is bound to "${messageName}"`);
  return groups;
}
