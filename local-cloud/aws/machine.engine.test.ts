import assert from "node:assert/strict";
import { lookup } from "node:dns/promises";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { execa } from "execa";
import { accountFilter, accountId } from "../engine/account.ts";
import { authority, newAuthority } from "../engine/ca.ts";
import { listContainers, stopContainer } from "../engine/containers.ts";
import { docker } from "../engine/docker.ts";
import { testAccount } from "../engine/test-account.ts";
import { EngineProject } from "../provider/testing/engine.ts";
import { sweep } from "../sweep.ts";
import { registryHost } from "./ecr/registry.ts";
import { aws } from "./package.ts";
import { DockerClient } from "./testing/docker-client.ts";
import { leftovers } from "./testing/leftovers.ts";

/** Uses its own account and range, so that other environments on this machine don't interfere. */
process.env["LOCAL_CLOUD_ACCOUNT"] = testAccount("machine").account;

const program = `
  import { ec2, ecr, lb } from "@pulumi/aws";
  const vpc = new ec2.Vpc("machine", { cidrBlock: "10.246.0.0/16" });
  const gateway = new ec2.InternetGateway("machine", { vpcId: vpc.id });
  const subnets = ["a", "b"].map((zone, index) => new ec2.Subnet(zone, {
    vpcId: vpc.id, cidrBlock: \`10.246.\${index}.0/24\`, availabilityZone: \`ap-northeast-2\${zone}\`,
  }).id);
  new ecr.Repository("machine");
  export const { dnsName } = new lb.LoadBalancer("machine", { subnets }, { dependsOn: gateway });
`;
const hostsFile = "/etc/hosts";
const certificates = () => `/etc/docker/certs.d/${registryHost()}`;

/** Rewrites /etc/hosts in place. Keeps the lines of others. */
async function editHosts(edit: (text: string) => string): Promise<void> {
  await writeFile(hostsFile, edit(await readFile(hostsFile, "utf8")));
}

const removeBlock = () =>
  editHosts((text) => text.replace(new RegExp(`# BEGIN local-cloud ${accountId()}.*\n(?:.*\n)*?# END.*\n`), ""));

const losses: readonly (readonly [string, () => Promise<void>])[] = [
  ["the block in /etc/hosts", removeBlock],
  [
    "the begin of that block and a name",
    () => editHosts((text) => text.replace(new RegExp(`# BEGIN local-cloud ${accountId()}.*\n.*\n`), "")),
  ],
  [
    "the end of that block, with a name at another address",
    () =>
      editHosts((text) =>
        text.replace(`# END local-cloud ${accountId()}\n`, "").replace(/198\.18\.\d+\.\d+ (?=machine-)/, "198.18.0.1 "),
      ),
  ],
  ["the registry's CA", () => rm(certificates(), { recursive: true })],
  [
    "the registry's CA, replaced by another CA",
    () => writeFile(join(certificates(), "ca.crt"), newAuthority().certificate),
  ],
];

/** Each loss is one that cloud-init, WSL or an installation of Docker causes. */
describe("the account's entries in the machine's files", () => {
  let project: EngineProject;
  let client: DockerClient;
  let dnsName: string;
  let own: string;

  before(async () => {
    await sweep(aws, new Set());
    own = withoutBlock(await readFile(hostsFile, "utf8"));
    [project, client] = await Promise.all([
      EngineProject.create([join(import.meta.dirname, "../bin")]),
      DockerClient.create(),
    ]);
    await project.program(program);
    await project.expect("up", "--yes", "--skip-preview");
    dnsName = String((await project.outputs())["dnsName"]);
    await known();
  });
  after(async () => {
    await sweep(aws, new Set());
    await Promise.all([project.remove(), client.remove()]);
    assert.deepEqual(await leftovers(), []);
  });

  for (const [what, lose] of losses) {
    it(`are restored by the next start of the provider after the loss of ${what}`, async () => {
      await lose();
      await assert.rejects(known());
      const { text } = await project.expect("preview", "--expect-no-changes");
      assert.match(text, /restored on this machine: the (?:address|CA) of /);
      await known();
    });
  }

  it("are restored by the command `local-cloud restore`, which names them and ends", async () => {
    await removeBlock();
    const command = () => execa(join(import.meta.dirname, "../bin/local-cloud"), ["restore"], { timeout: 180_000 });
    assert.match((await command()).stderr, /^==> Restored on this machine: the address of /m);
    await known();
    assert.equal((await command()).stderr, "");
  });

  it("are not mentioned by a start that finds them", async () => {
    assert.doesNotMatch((await project.expect("preview")).text, /on this machine/);
  });

  it("are restored after a boot that rewrote the files and started no container", async () => {
    await Promise.all((await listContainers()).map(({ Names: [name = ""] }) => stopContainer(name.slice(1), 1)));
    await Promise.all([removeBlock(), rm(certificates(), { recursive: true })]);
    await project.expect("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes");
    await known();
    const running = await docker.listContainers({ filters: accountFilter() });
    assert.equal(running.length, 3);
  });

  it("are named by a warning where the files can't be written, and the preview goes on", async () => {
    await rm(certificates(), { recursive: true });
    await writeFile(certificates(), "");
    const { text } = await project.expect("preview");
    await rm(certificates());
    assert.match(text, /warning: .* missing on this machine: can't write .*ca\.crt \(E\w+\)/);
    await project.expect("preview");
    await known();
  });

  it("don't change the lines of others", async () => {
    assert.equal(withoutBlock(await readFile(hostsFile, "utf8")), own);
  });

  /**
   * Checks that the machine resolves both names to their containers and that its Docker engine
   * trusts the registry's CA.
   */
  async function known(): Promise<void> {
    const containers = await listContainers();
    for (const [name, part] of [
      [registryHost(), "registry"],
      [dnsName, "loadbalancer"],
    ] as const) {
      const { address } = await lookup(name);
      const container = containers.find(({ Names }) => Names.some((one) => one.includes(part)));
      const addresses = Object.values(container?.NetworkSettings.Networks ?? {}).map(({ IPAddress }) => IPAddress);
      assert.ok(addresses.includes(address), `${name} is ${address}, not one of ${addresses.join(", ")}`);
    }
    assert.equal(await readFile(join(certificates(), "ca.crt"), "utf8"), (await authority()).certificate);
    const login = client.run(["login", "--username", "AWS", "--password-stdin", registryHost()], "wrong");
    await assert.rejects(login, /401|unauthorized/i);
  }
});

/** Returns the lines outside of local-cloud's blocks. */
function withoutBlock(text: string): string {
  return text.replaceAll(/# BEGIN local-cloud .*\n(?:.*\n)*?# END.*\n/g, "");
}
