declare const advised: unique symbol;

/** The next step of a finding. Only `ADVICE` makes one, so a test can require a case for each. */
export type Advice = string & { [advised]: never };

const SERVICE_LOGS = "on the manager: sudo docker service logs --tail 50";

/**
 * Texts of the doctor's advice, by name. `up` is the command of an update. advice.test.ts names a
 * test for each text.
 */
const TEXTS = {
  // Steps that an update performs.
  upRestores: (up: string) => `${up} restores it`,
  upRestoresThem: (up: string) => `${up} restores them`,
  upJoinsAgain: (up: string) => `${up} joins it again`,
  upPullsAgain: (up: string) => `${up} pulls it again`,
  upReadsAgain: (up: string) => `${up} reads it again`,
  upRemovesNodes: (up: string) => `${up} removes the earlier ones`,
  upRemovesService: (up: string) => `${up} removes it`,
  upDeploysAgain: (up: string) => `${up} deploys it again`,
  upCreatesTopic: (up: string) => `${up} creates it again`,
  upAddsPartitions: (up: string) => `${up} adds them`,
  upRefreshed: (up: string) =>
    `tasks of the API are ready but not reached: ${up} with --refresh restores what was changed between them and the load balancer`,

  // Hosts and their engines.
  recover: (start: string, up: string) =>
    `${start} if its instance is stopped; ${up} --refresh recreates it if it is gone`,
  startEngine: (host: string) => `on ${host}: sudo systemctl restart docker`,
  removeVxlans: (host: string) =>
    `on ${host}: ip -o link show type vxlan | cut -d: -f2 | xargs -rn1 sudo ip link delete; the Swarm then starts the task again`,
  startManagersEngine: () => "on the manager: sudo systemctl restart docker",
  managerGone: () =>
    "check that its host is up and that your address is among operators.cidrs. An up with --refresh recreates it if it is gone",
  freeSwarmPort: (host: string, port: number) =>
    `find what blocks ${host} from port ${port} of the managers; then it comes back by itself`,
  removeNode: (node: string) => `on the manager: sudo docker node rm --force ${node}`,
  makeRoom: () => "raise diskGib of its role, or find the cause on the host: sudo docker system df",
  growDisk: (host: string) => `on ${host}: sudo reboot; cloud-init then grows its partition and file system`,
  patchHosts: (up: string) =>
    `set hosts.generation to another number (workers), or hosts.ami to a newer image (all hosts); ${up} then replaces them by patched ones`,
  setClock: () => "on the host: timedatectl shows whether it is synchronised; check this machine's clock too",

  // The Swarm as a whole.
  startForCertificate: (up: string) =>
    `start its host or engine, which then gets one; ${up} with --refresh replaces a lost host`,
  restartForCertificate: (up: string) =>
    `on the host: sudo systemctl restart docker; then ${up} joins it again with a new one`,
  rotateCertificates: (up: string) => `set swarm.rotation to another number; ${up} then gives each node a new one`,
  managerJoinsAgain: () =>
    "an up lets the manager join the other managers again; without others, it creates a new Swarm and deploys everything to it",
  startManagers: () =>
    "start the managers' hosts that are stopped; an up with --refresh replaces lost ones (docs/reliability.md)",

  // Services, topics and the queue.
  readTasks: (service: string) => `on the manager: sudo docker service ps --no-trunc ${service} shows the cause`,
  readTasksThenUp: (service: string, up: string) =>
    `on the manager: sudo docker service ps --no-trunc ${service} shows the cause; then ${up}`,
  readLogs: (service: string) => `${SERVICE_LOGS} ${service} shows its log`,
  readBrokerLogs: (service: string) => `${SERVICE_LOGS} ${service} shows the cause`,
  readIssuerLogs: (service: string) => `${SERVICE_LOGS} ${service} shows what the issuer waits for`,
  removeCause: () => "remove the cause that its log names; the Swarm then starts it by itself",
  raiseMemory: (setting: string, up: string) => `raise ${setting}; then ${up}`,
  zookeeperLost: () =>
    'docs/troubleshooting.md, "ZooKeeper\'s volume is lost", shows how to keep the requests that wait in the topic',
  topicReplaced: () =>
    'docs/troubleshooting.md, "A topic was deleted and created again", tells what is lost and how users get theirs',
  replayLetters: (replay: string) => `${replay} puts back those that can be read now`,
  endTransaction: (host: string, command: string) =>
    `the broker ends it after 60 to 70 s if a coordinator knows it; to end it without its records now, on ${host}: ${command}`,
  keepPartitions: (count: string, up: string) =>
    `set kafka.partitions to ${count}, then ${up}; Kafka can't remove partitions`,

  // The way from here to the environment.
  seeLines: () => "no task of the API is ready: the lines above give the cause",
  openEntrance: () =>
    "check that your address is among entrance.cidrs. The load balancer's target group shows its unhealthy workers",
  installSsh: () => "install OpenSSH's client on this machine (openssh-client)",
  passKey: () =>
    "pass a private key that the host accepts: --identity FILE (its public key is among operators.sshPublicKeys)",
  fixSsh: () => "fix ssh on this machine, as its message says; the hosts need no change",

  // AWS.
  runLater: () => "run the doctor again in ten minutes",
  useLarger: () =>
    "use a larger instance type or more workers before that; an unlimited t3 keeps its speed, at extra cost",
  letCloudWatch: () => "install the AWS CLI and allow it cloudwatch:GetMetricStatistics",
} as const;

/** Name of a piece of advice. */
export type AdviceName = keyof typeof TEXTS;

type Advising = { [N in AdviceName]: (...values: Parameters<(typeof TEXTS)[N]>) => Advice };

export const ADVICE = TEXTS as unknown as Advising;
