import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Docker from 'dockerode';
import { CgroupReader } from './cgroup.ts';

const ID = 'f0aad6a19522';
/** What a kernel 7.3 shows of a container whose second process was killed for memory. */
const VERSION_2 = {
  'cgroup.controllers': 'cpuset cpu io memory pids\n',
  'cpu.stat': 'usage_usec 812345\nuser_usec 600000\nsystem_usec 212345\nnr_periods 17\nnr_throttled 3\n',
  'memory.peak': '24338432\n',
  'memory.events': 'low 0\nhigh 0\nmax 77\noom 2\noom_kill 1\noom_group_kill 0\n',
};
const USAGE = { cpuNs: 812_345_000, memoryBytes: 24_338_432, oomKills: 1 };

/** Where each layout keeps the files of a container. The tests with an engine see only that of their machine. */
const LAYOUTS: readonly [name: string, files: Readonly<Record<string, string>>, usage: object][] = [
  ...[
    `docker/${ID}`,
    `system.slice/docker-${ID}.scope`,
    `user.slice/user-1000.slice/user@1000.service/user.slice/docker-${ID}.scope`,
    `a/parent/of/its/own/${ID}`,
  ].map((folder): [string, Record<string, string>, object] => [
    `version 2, ${folder}`,
    {
      'cgroup.controllers': VERSION_2['cgroup.controllers'],
      ...Object.fromEntries(Object.entries(VERSION_2).map(([file, text]) => [`${folder}/${file}`, text])),
    },
    USAGE,
  ]),
  [
    'version 2 before Linux 5.19, which keeps no peak',
    {
      [`docker/${ID}/cgroup.controllers`]: 'cpu memory pids\n',
      [`docker/${ID}/cpu.stat`]: VERSION_2['cpu.stat'],
      [`docker/${ID}/memory.events`]: VERSION_2['memory.events'],
    },
    { ...USAGE, memoryBytes: null },
  ],
  ...[
    ['cpuacct', 'docker'],
    ['cpu,cpuacct', 'docker'],
    ['cpuacct', 'a/parent/of/its/own'],
  ].map(([controller, parent]): [string, Record<string, string>, object] => [
    `version 1, ${controller}/${parent}`,
    {
      [`${controller}/${parent}/${ID}/cpuacct.usage`]: '812345000\n',
      [`memory/${parent}/${ID}/memory.max_usage_in_bytes`]: '24338432\n',
      [`memory/${parent}/${ID}/memory.oom_control`]: 'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n',
    },
    USAGE,
  ]),
];

describe('the counters of a container', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rce-cgroup-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it.each(LAYOUTS)('are read from control groups of %s', async (_, files, usage) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const meter = new CgroupReader(new Docker(), root).meter(ID);
    expect([meter.isFast, await meter.cpuNs(), await meter.usage()]).toEqual([true, 812_345_000, usage]);
  });

  it('are asked of a daemon whose control groups are not here, without looking for each container', async () => {
    mkdirSync(join(root, 'memory/docker'), { recursive: true });
    const reader = new CgroupReader(new Docker(), root);
    expect(reader.meter(ID).isFast).toBe(false);
    mkdirSync(join(root, 'cpuacct/docker', ID), { recursive: true });
    expect(reader.meter(ID).isFast).toBe(false);
  });
});
