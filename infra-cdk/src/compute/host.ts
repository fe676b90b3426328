import { UserData } from 'aws-cdk-lib/aws-ec2';

/** Of the group that may use the sandboxes' Docker socket; the socket proxy runs with it. */
export const DOCKER_GID = 970;
/** As which the runner runs: sandbox-runner/Dockerfile's user. */
export const RUNNER_UID = 10001;
export const CGROUP_DIR = '/sys/fs/cgroup';
export const SOCKET_DIR = '/run/rce-docker';
export const SOCKET = `${SOCKET_DIR}/docker.sock`;

export interface HostOptions {
  readonly region: string;
  /** Registry host of the images. */
  readonly registry: string;
  /** Images pulled before the host takes its first job. */
  readonly images: readonly string[];
}

/**
 * Sets up a host: beside the engine that ECS uses, a second Docker engine for sandboxes alone. A hole in the
 * socket proxy then leads to an engine that has no network, no other container and its users remapped, and not
 * to the one that runs the ECS agent with the host's rights. (ECS's own engine cannot remap users: its agent
 * and the tasks' network need the host's.)
 */
export function hostUserData({ region, registry, images }: HostOptions): UserData {
  const userData = UserData.forLinux();
  const daemon = {
    hosts: [`unix://${SOCKET}`],
    group: 'rce-docker',
    'data-root': '/var/lib/rce-docker',
    'exec-root': '/run/rce-docker/exec',
    pidfile: '/run/rce-docker/dockerd.pid',
    bridge: 'none',
    iptables: false,
    ip6tables: false,
    'userns-remap': 'default',
    'no-new-privileges': true,
    'log-driver': 'none',
    'live-restore': false,
  };
  userData.addCommands(
    'set -euo pipefail',
    'cat >> /etc/ecs/ecs.config <<CONFIG',
    // Tasks get the rights of their own role and never see the host's.
    'ECS_AWSVPC_BLOCK_IMDS=true',
    // Two minutes before a spot host is taken away its runner is told to finish.
    'ECS_ENABLE_SPOT_INSTANCE_DRAINING=true',
    'ECS_IMAGE_PULL_BEHAVIOR=prefer-cached',
    'CONFIG',
    `groupadd --gid ${DOCKER_GID} rce-docker`,
    'install -d -m 0755 /etc/rce-docker',
    `cat > /etc/rce-docker/daemon.json <<'JSON'\n${JSON.stringify(daemon, null, 2)}\nJSON`,
    "cat > /etc/systemd/system/rce-docker.service <<'UNIT'",
    '[Unit]',
    'Description=Docker engine of the sandboxes',
    'After=network-online.target containerd.service',
    '[Service]',
    'RuntimeDirectory=rce-docker',
    'ExecStart=/usr/bin/dockerd --config-file /etc/rce-docker/daemon.json',
    'Restart=always',
    'Delegate=yes',
    'KillMode=process',
    'LimitNOFILE=infinity',
    'TasksMax=infinity',
    '[Install]',
    'WantedBy=multi-user.target',
    'UNIT',
    'systemctl daemon-reload',
    'systemctl enable --now rce-docker',
    // Packages come from S3, through its gateway.
    'dnf install -y amazon-ecr-credential-helper',
    'install -d -m 0700 /root/.docker',
    `echo '{"credHelpers":{"${registry}":"ecr-login"}}' > /root/.docker/config.json`,
    `export HOME=/root AWS_REGION=${region} DOCKER_HOST=unix://${SOCKET}`,
    'for try in $(seq 60); do docker info > /dev/null 2>&1 && break; sleep 1; done',
    // A host without one language is better than none: the runner says what is missing.
    ...images.map((image) => `docker pull --quiet ${image} || echo 'not pulled: ${image}' >&2`),
  );
  return userData;
}
