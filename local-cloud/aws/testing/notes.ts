/**
 * A small program that is independent of this project: a host with a web page behind a load
 * balancer, its database, its images and its secrets. The engine test runs it on the local cloud as
 * any user would run a program.
 */
import { readFileSync } from "node:fs";
import { ec2, ecr, iam, lb, rds, ssm, vpc } from "@pulumi/aws";
import { all, secret } from "@pulumi/pulumi";
import type { Settings } from "./settings.ts";

const settings = JSON.parse(readFileSync("settings.json", "utf8")) as Settings;

// Network
const range = "10.250.0.0/16";
const anywhere = "0.0.0.0/0";
const network = new ec2.Vpc("notes", { cidrBlock: range, enableDnsHostnames: true });
const gateway = new ec2.InternetGateway("notes", { vpcId: network.id });
const routes = new ec2.RouteTable("public", { vpcId: network.id });
new ec2.Route("internet", { routeTableId: routes.id, destinationCidrBlock: anywhere, gatewayId: gateway.id });
const subnetIds = ["a", "b"].map((zone, index) => {
  const subnet = new ec2.Subnet(zone, {
    vpcId: network.id,
    cidrBlock: `10.250.${index}.0/24`,
    availabilityZone: `ap-northeast-2${zone}`,
    mapPublicIpOnLaunch: true,
  });
  new ec2.RouteTableAssociation(zone, { routeTableId: routes.id, subnetId: subnet.id });
  return subnet.id;
});
const inside = new ec2.SecurityGroup("inside", { vpcId: network.id });
new vpc.SecurityGroupIngressRule("inside", { securityGroupId: inside.id, ipProtocol: "-1", cidrIpv4: range });
new vpc.SecurityGroupEgressRule("inside", { securityGroupId: inside.id, ipProtocol: "-1", cidrIpv4: anywhere });
const web = new ec2.SecurityGroup("web", { vpcId: network.id });
new vpc.SecurityGroupIngressRule("web", {
  securityGroupId: web.id,
  ipProtocol: "tcp",
  fromPort: 80,
  toPort: 80,
  cidrIpv4: anywhere,
});

// Secrets, and who may read them
const parameters = Object.entries(settings.parameters).map(
  ([name, value]) => new ssm.Parameter(name, { name: `/notes/${name}`, type: "SecureString", value: secret(value) }),
);
const role = new iam.Role("host", {
  path: settings.role.path,
  assumeRolePolicy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
  }),
});
new iam.RolePolicy("read", {
  role: role.name,
  policy: all(parameters.map(({ name, arn }) => ({ name, arn }))).apply((known) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "ssm:GetParameter",
          Resource: known
            .filter(({ name }) => settings.role.readable.some((one) => name === `/notes/${one}`))
            .map(({ arn }) => arn),
        },
      ],
    }),
  ),
});
const profile = new iam.InstanceProfile("host", { role: role.name });

// The host
const host = new ec2.Instance("host", {
  ami: "ami-0d13d13d13d13d130",
  instanceType: "t3.micro",
  subnetId: subnetIds[0] ?? "",
  vpcSecurityGroupIds: [inside.id],
  iamInstanceProfile: profile.name,
  metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
  userData: readFileSync("host.sh", "utf8"),
});

// The load balancer
const balancer = new lb.LoadBalancer("notes", {
  subnets: subnetIds,
  securityGroups: [inside.id, web.id],
  idleTimeout: settings.loadBalancer.idleTimeout,
});
const group = new lb.TargetGroup("notes", {
  vpcId: network.id,
  port: settings.loadBalancer.targetPort,
  protocol: "HTTP",
  healthCheck: { interval: 5, timeout: 2, healthyThreshold: 2, unhealthyThreshold: 2 },
});
new lb.Listener("http", {
  loadBalancerArn: balancer.arn,
  port: 80,
  defaultActions: [{ type: "forward", targetGroupArn: group.arn }],
});
new lb.TargetGroupAttachment("host", { targetGroupArn: group.arn, targetId: host.id });

// The database
const tuning = new rds.ParameterGroup("notes", {
  family: "postgres17",
  parameters: [{ name: "log_min_duration_statement", value: String(settings.database.slowStatement) }],
});
const database = new rds.Instance("notes", {
  engine: "postgres",
  engineVersion: "17",
  instanceClass: settings.database.instanceClass,
  allocatedStorage: 20,
  storageEncrypted: true,
  dbName: "notes",
  username: settings.database.username,
  password: secret(settings.database.password),
  dbSubnetGroupName: new rds.SubnetGroup("notes", { subnetIds }).name,
  parameterGroupName: tuning.name,
  vpcSecurityGroupIds: [inside.id],
  skipFinalSnapshot: true,
});

// Images
const repository = new ecr.Repository("notes", {
  name: "notes/page",
  forceDelete: true,
  imageTagMutability: settings.images.mutable ? "MUTABLE" : "IMMUTABLE",
});
new ecr.LifecyclePolicy("notes", {
  repository: repository.name,
  policy: JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: settings.images.kept },
        action: { type: "expire" },
      },
    ],
  }),
});
const login = ecr.getAuthorizationTokenOutput({});

export const hostId = host.id;
export const loadBalancerName = balancer.dnsName;
export const databaseId = database.id;
export const databaseName = database.address;
export const repositoryUrl = repository.repositoryUrl;
export const registryUser = login.userName;
export const registryPassword = secret(login.password);
