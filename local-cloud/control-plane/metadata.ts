import { randomBytes } from "node:crypto";
import type { Properties, Value } from "../provider/resource-type.ts";
import { token as types } from "../aws/ec2/tokens.ts";
import { userDataOf } from "../aws/ec2/user-data.ts";
import type { ApiResponse } from "./api.ts";
import type { SessionCredentials } from "./sessions.ts";
import { text, type Member, type View } from "./view.ts";

/** A request to the metadata service. */
export interface MetadataRequest {
  method: string;
  path: string;
  /** The names are in lower case. */
  headers: Partial<Record<string, string>>;
}

/** Facts that the service needs besides the view. */
export interface MetadataEnvironment {
  account: string;
  region: string;
  /** Returns credentials of a role for the instance that asks. */
  credentialsOf: (roleName: string, instanceId: string) => Promise<SessionCredentials>;
  now: () => number;
}

interface Session {
  instanceId: string;
  expires: number;
}

/** Longest lifetime of a token in seconds: six hours. */
const MAXIMUM_TTL = 21_600;
const tokenHeader = "x-aws-ec2-metadata-token";
const ttlHeader = "x-aws-ec2-metadata-token-ttl-seconds";

/** The instance metadata service, version 2, as the EC2 user guide describes it ("Use IMDS"). */
export class MetadataService {
  readonly #sessions = new Map<string, Session>();
  readonly #environment: MetadataEnvironment;

  constructor(environment: MetadataEnvironment) {
    this.#environment = environment;
  }

  /** Answers a request of the given instance. */
  async answer(request: MetadataRequest, member: Member, view: View): Promise<ApiResponse> {
    const options = objectOf(member.record.properties["metadataOptions"]);
    if (options["httpEndpoint"] === "disabled") return error(403, "Forbidden");
    const path = normalize(request.path);
    if (path === "/latest/api/token") return this.#newToken(request, member);
    const given = request.headers[tokenHeader];
    if (given === undefined ? options["httpTokens"] !== "optional" : !this.#isValid(given, member)) {
      return error(401, "Unauthorized");
    }
    if (request.method !== "GET" && request.method !== "HEAD") return error(405, "Method Not Allowed");
    if (path === "/") return { status: 200, body: "latest" };
    const relative = /^\/(?:latest|\d{4}-\d\d-\d\d)(?:\/(.*))?$/.exec(path)?.[1] ?? "";
    if (!path.startsWith("/latest") && relative === "") return error(404, "Not Found");
    return this.#document(relative, member, view);
  }

  #newToken(request: MetadataRequest, member: Member): ApiResponse {
    if (request.method !== "PUT") return error(405, "Method Not Allowed");
    // Through a proxy, somebody else than the instance could ask for a token.
    if (request.headers["x-forwarded-for"] !== undefined) return error(403, "Forbidden");
    const ttl = Number(request.headers[ttlHeader]);
    if (!Number.isInteger(ttl) || ttl < 1 || ttl > MAXIMUM_TTL) return error(400, "Bad Request");
    const now = this.#environment.now();
    for (const [known, session] of this.#sessions) if (session.expires <= now) this.#sessions.delete(known);
    const issued = randomBytes(42).toString("base64url");
    this.#sessions.set(issued, { instanceId: member.id, expires: now + ttl * 1_000 });
    return { status: 200, headers: { [ttlHeader]: String(ttl) }, body: issued };
  }

  #isValid(given: string, member: Member): boolean {
    const session = this.#sessions.get(given);
    return session?.instanceId === member.id && session.expires > this.#environment.now();
  }

  async #document(path: string, member: Member, view: View): Promise<ApiResponse> {
    if (path === "user-data") {
      const data = userDataOf({
        ...optional("userData", member.record.properties["userData"]),
        ...optional("userDataBase64", member.record.properties["userDataBase64"]),
      });
      return data === undefined || data.length === 0
        ? error(404, "Not Found")
        : { status: 200, headers: { "content-type": "application/octet-stream" }, body: data };
    }
    const role = roleOf(member, view);
    if (role !== undefined && path === `meta-data/iam/security-credentials/${role}`) {
      const credentials = await this.#environment.credentialsOf(role, member.id);
      return json({ Code: "Success", Type: "AWS-HMAC", LastUpdated: this.#time(), ...credentials });
    }
    if (path === "meta-data/public-keys" && text(member.record.properties["keyName"]) !== "") {
      return { status: 200, body: `0=${text(member.record.properties["keyName"])}` };
    }
    return lookUp(path, this.#tree(member, view, role));
  }

  /** Returns the documents by path, apart from those that #document answers itself. */
  #tree(member: Member, view: View, role: string | undefined): Map<string, string> {
    const { properties } = member.record;
    const { region } = this.#environment;
    const zone = text(properties["availabilityZone"]);
    const subnet = recordOf(view, types.subnet, text(properties["subnetId"]));
    const vpc = recordOf(view, types.vpc, member.vpcId);
    const interfaces = `network/interfaces/macs/${member.mac}`;
    const key = recordOf(view, types.keyPair, text(properties["keyName"]));
    const publicName = text(properties["publicDns"]);
    const groupNames = member.groups.map((id) => text(recordOf(view, types.securityGroup, id)["name"])).join("\n");
    const documents: Record<string, string | undefined> = {
      "ami-id": text(properties["ami"]),
      "ami-launch-index": "0",
      hostname: text(properties["privateDns"]),
      "instance-action": "none",
      "instance-id": member.id,
      "instance-life-cycle": "on-demand",
      "instance-type": text(properties["instanceType"]),
      "local-hostname": text(properties["privateDns"]),
      "local-ipv4": member.privateAddress,
      mac: member.mac,
      "placement/availability-zone": zone,
      "placement/availability-zone-id": text(subnet["availabilityZoneId"]),
      "placement/region": region,
      profile: "default-hvm",
      "public-hostname": member.publicAddress === undefined || publicName === "" ? undefined : publicName,
      "public-ipv4": member.publicAddress,
      "public-keys/0/openssh-key": key["publicKey"] === undefined ? undefined : text(key["publicKey"]).trim(),
      "reservation-id": member.id.replace("i-", "r-"),
      "security-groups": groupNames,
      "services/domain": "amazonaws.com",
      "services/partition": "aws",
      [`${interfaces}/device-number`]: "0",
      [`${interfaces}/interface-id`]: text(properties["primaryNetworkInterfaceId"]),
      [`${interfaces}/local-ipv4s`]: member.privateAddress,
      [`${interfaces}/mac`]: member.mac,
      [`${interfaces}/owner-id`]: this.#environment.account,
      [`${interfaces}/public-ipv4s`]: member.publicAddress,
      [`${interfaces}/security-group-ids`]: member.groups.join("\n"),
      [`${interfaces}/security-groups`]: groupNames,
      [`${interfaces}/subnet-id`]: text(properties["subnetId"]),
      [`${interfaces}/subnet-ipv4-cidr-block`]: text(subnet["cidrBlock"]),
      [`${interfaces}/vpc-id`]: member.vpcId,
      [`${interfaces}/vpc-ipv4-cidr-block`]: text(vpc["cidrBlock"]),
    };
    if (role !== undefined) {
      documents["iam/info"] = JSON.stringify({
        Code: "Success",
        LastUpdated: this.#time(),
        InstanceProfileArn: text(profileOf(member, view)["arn"]),
        InstanceProfileId: text(profileOf(member, view)["uniqueId"]),
      });
      documents[`iam/security-credentials/${role}`] = "";
    }
    if (objectOf(properties["metadataOptions"])["instanceMetadataTags"] === "enabled") {
      for (const [name, value] of Object.entries(objectOf(properties["tagsAll"]))) {
        documents[`tags/instance/${name}`] = text(value);
      }
    }
    const tree = new Map<string, string>();
    for (const [path, content] of Object.entries(documents)) {
      if (content !== undefined) tree.set(`meta-data/${path}`, content);
    }
    tree.set("dynamic/instance-identity/document", this.#identity(member, zone));
    // For listings only: #document answers a request for the user data itself.
    if (properties["userData"] !== undefined || properties["userDataBase64"] !== undefined) tree.set("user-data", "");
    return tree;
  }

  #identity(member: Member, zone: string): string {
    const { properties } = member.record;
    return JSON.stringify(
      {
        accountId: this.#environment.account,
        architecture: "x86_64",
        availabilityZone: zone,
        imageId: text(properties["ami"]),
        instanceId: member.id,
        instanceType: text(properties["instanceType"]),
        privateIp: member.privateAddress,
        region: this.#environment.region,
        version: "2017-09-30",
      },
      null,
      2,
    );
  }

  #time(): string {
    return new Date(this.#environment.now()).toISOString().replace(/\.\d+Z$/, "Z");
  }
}

/** Returns the name of the role in an instance's profile. */
export function roleOf(member: Member, view: View): string | undefined {
  const role = text(profileOf(member, view)["role"]);
  return role === "" ? undefined : role;
}

function profileOf(member: Member, view: View): Properties {
  return recordOf(
    view,
    "aws:iam/instanceProfile:InstanceProfile",
    text(member.record.properties["iamInstanceProfile"]),
  );
}

function recordOf(view: View, type: string, id: string): Properties {
  return view.records.find((record) => record.type === type && record.id === id)?.properties ?? {};
}

/**
 * Returns the document with that path, or the names in the folder with that path. Names of folders
 * end with a slash.
 */
function lookUp(path: string, tree: ReadonlyMap<string, string>): ApiResponse {
  const document = tree.get(path);
  if (document !== undefined) return { status: 200, body: document };
  const folder = path === "" ? "" : `${path}/`;
  const below = [...tree.keys()].filter((name) => name.startsWith(folder)).map((name) => name.slice(folder.length));
  if (below.length === 0) return error(404, "Not Found");
  const names = new Set(below.map((name) => (name.includes("/") ? `${name.split("/")[0] ?? ""}/` : name)));
  return { status: 200, body: [...names].sort().join("\n") };
}

/** Removes the query, doubled slashes and the trailing slash from a path. */
function normalize(path: string): string {
  const bare = path.replace(/\?.*$/, "").replaceAll(/\/{2,}/g, "/");
  return bare.length > 1 ? bare.replace(/\/$/, "") : "/";
}

function objectOf(value: Value | undefined): Properties {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}

function optional(name: string, value: Value | undefined): Record<string, string> {
  return typeof value === "string" ? { [name]: value } : {};
}

function json(value: unknown): ApiResponse {
  return { status: 200, headers: { "content-type": "text/plain" }, body: JSON.stringify(value, null, 2) };
}

function error(status: number, reason: string): ApiResponse {
  return {
    status,
    headers: { "content-type": "text/html" },
    body: `<html><body><h1>${status} - ${reason}</h1></body></html>\n`,
  };
}
