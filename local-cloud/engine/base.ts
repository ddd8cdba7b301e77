import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { Mutex } from "async-mutex";
import { build, type Plugin } from "esbuild";
import { accountFilter, accountId, checkoutPath, label, region } from "./account.ts";
import { AUTHORITY_MOUNT, authority, authorityVolume } from "./ca.ts";
import { addressAt } from "./cidr.ts";
import {
  connect,
  containerName,
  createContainer,
  disconnect,
  inspectContainer,
  listContainers,
  removeContainer,
  startContainer,
} from "./containers.ts";
import { docker, ignoreGone } from "./docker.ts";
import {
  BASE_TYPE,
  ensureInternetNetwork,
  inspectNetwork,
  internetNetworkName,
  listNetworks,
  rangeOf,
  removeNetwork,
} from "./networks.ts";
import { forgetAccount } from "./public-names.ts";
import { servicesImage } from "./services-image.ts";
import { apiNames } from "../control-plane/api.ts";

const CONTROL_PLANE = "control-plane";
/**
 * Offset of the control plane's address in a network's range. On AWS, a VPC's DNS server has the
 * same offset.
 */
const CONTROL_PLANE_OFFSET = 2;
/** Label of the control plane with the hash of its content. Another hash means a replacement. */
const CONTENT_LABEL = "local-cloud.content";

/** Objects that an account has for as long as it has any resource. */
export interface Base {
  /** The internet network's name. */
  internetNetwork: string;
  /** PEM of the account's CA, which its instances trust. */
  certificate: string;
  /** The internet network's range. */
  internetRange: string;
  /** The machine's address in the internet network: the operator's requests come from it. */
  machineAddress: string;
  /** The control plane's address in the internet network. */
  controlPlaneAddress: string;
}

const lock = new Mutex();
let present: Base | undefined;
let bundle: Promise<string> | undefined;

/**
 * Creates the base if it is missing: the internet network, the CA's volume and the control plane. A
 * resource writes its record before it calls this. So a deletion in another process at the same
 * time sees that the base is still needed.
 */
export async function ensureBase(): Promise<Base> {
  return lock.runExclusive(async () => {
    // Another process may have removed the base with the last resource that it knew of.
    if (present === undefined || !(await controlPlaneRuns())) present = await makeBase();
    return present;
  });
}

/** Returns true if the account has a control plane that runs. */
export async function controlPlaneRuns(): Promise<boolean> {
  return (await inspectContainer(containerName(CONTROL_PLANE)))?.State.Running === true;
}

/** Connects the control plane to a VPC's network, as its DNS server and metadata service. */
export async function connectControlPlane(network: string): Promise<void> {
  const found = await inspectNetwork(network);
  if (found === undefined) throw new Error(`there is no network ${network}`);
  await connect(containerName(CONTROL_PLANE), { network, address: addressAt(rangeOf(found), CONTROL_PLANE_OFFSET) });
}

/**
 * Disconnects the control plane from a VPC's network, so that the network can be removed. A missing
 * network or connection is a success.
 */
export async function disconnectControlPlane(network: string): Promise<void> {
  await disconnect(containerName(CONTROL_PLANE), network);
}

/**
 * Removes the base, and the machine's settings for it, when the account has no resource left. Each
 * deletion of a resource calls it at its end.
 */
export async function collectGarbage(): Promise<void> {
  await lock.runExclusive(async () => {
    if (await hasResources()) return;
    present = undefined;
    await removeContainer(containerName(CONTROL_PLANE));
    await ignoreGone(docker.getVolume(authorityVolume()).remove());
    await removeNetwork(internetNetworkName());
    await forgetAccount();
  });
}

/**
 * Returns true while the account has a resource. Containers and networks are read first, because
 * listing volumes is slow.
 */
async function hasResources(): Promise<boolean> {
  const isResource = ({ Labels }: { Labels?: Record<string, string> }) => Labels?.[label.type] !== BASE_TYPE;
  const [containers, networks] = await Promise.all([listContainers(), listNetworks()]);
  if (containers.some(isResource) || networks.some(isResource)) return true;
  const { Volumes } = await docker.listVolumes({ filters: accountFilter() });
  return Volumes.some(isResource);
}

async function makeBase(): Promise<Base> {
  bundle ??= bundleControlPlane();
  // The bundle is awaited below. Until then, an error of the network must not leave its rejection
  // unhandled.
  bundle.catch(() => undefined);
  const range = rangeOf(await ensureInternetNetwork());
  const { certificate } = await authority();
  const base: Base = {
    internetNetwork: internetNetworkName(),
    certificate,
    internetRange: range,
    machineAddress: addressAt(range, 1),
    controlPlaneAddress: addressAt(range, CONTROL_PLANE_OFFSET),
  };
  await ensureControlPlane(base, await bundle);
  return base;
}

async function ensureControlPlane(base: Base, code: string): Promise<void> {
  const name = containerName(CONTROL_PLANE);
  const environment = {
    LOCAL_CLOUD_ACCOUNT: accountId(),
    LOCAL_CLOUD_CHECKOUT: checkoutPath(),
    LOCAL_CLOUD_REGION: region(),
    LOCAL_CLOUD_MACHINE_ADDRESS: base.machineAddress,
  };
  const image = await docker.getImage(servicesImage).inspect();
  const content = createHash("sha256")
    .update(JSON.stringify([code, environment, image.Id]))
    .digest("hex");
  const found = await inspectContainer(name);
  if (found?.Config.Labels[CONTENT_LABEL] === content) {
    await startContainer(name);
    return;
  }
  await removeContainer(name);
  const vpcs = (await listNetworks()).filter((network) => network.Labels?.[label.type] !== BASE_TYPE);
  await createContainer({
    type: BASE_TYPE,
    id: CONTROL_PLANE,
    image: servicesImage,
    entrypoint: ["node", "/control-plane.mjs"],
    environment,
    labels: { [CONTENT_LABEL]: content },
    attachments: [
      { network: base.internetNetwork, address: base.controlPlaneAddress, aliases: apiNames(region()) },
      ...vpcs.map((network) => ({
        network: network.Name,
        address: addressAt(rangeOf(network), CONTROL_PLANE_OFFSET),
      })),
    ],
    files: [{ path: "/control-plane.mjs", content: code }],
    host: {
      // It enters the network namespaces of the account's containers to apply their security
      // groups.
      PidMode: "host",
      CapAdd: ["NET_ADMIN", "SYS_ADMIN", "SYS_PTRACE"],
      SecurityOpt: ["seccomp=unconfined", "apparmor=unconfined"],
      Binds: ["/var/run/docker.sock:/var/run/docker.sock", `${authorityVolume()}:${AUTHORITY_MOUNT}:ro`],
      // It is in every VPC, and must not forward packets from one to another.
      Sysctls: { "net.ipv4.ip_forward": "0" },
      RestartPolicy: { Name: "unless-stopped" },
    },
  });
}

/**
 * Leaves out the libraries and native code with which the Docker client speaks SSH and BuildKit's
 * protocol. The control plane needs only the engine's socket.
 */
const withoutUnused: Plugin = {
  name: "without-unused",
  setup(bundler) {
    bundler.onResolve({ filter: /^(?:ssh2|@grpc\/.*)$/ }, ({ path }) => ({ path, namespace: "unused" }));
    bundler.onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: "module.exports = {};" }));
  },
};

/** Bundles the control plane into one file that runs without node_modules. */
async function bundleControlPlane(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [resolve(import.meta.dirname, "../control-plane/main.ts")],
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    write: false,
    plugins: [withoutUnused],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "silent",
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("the bundle of the control plane is empty");
  return file.text;
}
