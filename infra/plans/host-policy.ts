/** A statement of an IAM policy document. */
interface Statement {
  Sid: string;
  Effect: "Allow";
  Action: string[];
  Resource: string | string[];
}

/** An IAM policy document. */
export interface PolicyDocument {
  Version: "2012-10-17";
  Statement: Statement[];
}

/** What one host may do at AWS. */
export interface HostRights {
  /** ARNs of the SSM parameters it reads: its own keys, and no other host's. */
  parameters: string[];
  /** ARNs of the repositories it pulls from. */
  repositories: string[];
  /** Lets SSM Session Manager in. Amazon's own policy for it would also let a host read every parameter of the account. */
  sessionManager: boolean;
}

/** The policy of a host's role: the least that it needs. */
export function hostPolicy({ parameters, repositories, sessionManager }: HostRights): PolicyDocument {
  const statements: Statement[] = [allow("ReadOwnKeys", ["ssm:GetParameter"], parameters)];
  if (repositories.length > 0) {
    statements.push(
      allow("LogInToRegistry", ["ecr:GetAuthorizationToken"], "*"),
      allow(
        "PullImages",
        ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        repositories,
      ),
    );
  }
  if (sessionManager) {
    const channels = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];
    statements.push(
      allow("SessionManager", ["ssm:UpdateInstanceInformation", ...channels.map((name) => `ssmmessages:${name}`)], "*"),
    );
  }
  return { Version: "2012-10-17", Statement: statements };
}

/** Lets EC2 take a role for its instances. */
export const ec2Trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
});

function allow(Sid: string, Action: string[], Resource: string | string[]): Statement {
  return { Sid, Effect: "Allow", Action, Resource };
}
