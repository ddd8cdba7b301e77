import { HOST_LABEL } from "@gifticon/contract/facts/names.ts";
import { ADVICE } from "../advice.ts";
import type { Declared } from "../declared.ts";
import type { Finding } from "../finding.ts";
import type { Observation } from "../observation.ts";

/**
 * Checks that hosts can join the Swarm: the program's state has its join tokens, and each node has
 * a certificate from its authority.
 *
 * @param up the command that updates the environment.
 */
export function checkAuthority(
  { tokens }: Pick<Declared, "tokens">,
  { swarm }: Pick<Observation, "swarm">,
  up: string,
): Finding[] {
  const stale = (["worker", "manager"] as const).filter(
    (role) => tokens[role] !== undefined && tokens[role] !== swarm.tokens[role],
  );
  const behind = swarm.authority.rotating
    ? swarm.nodes.filter(({ Description }) => Description.TLSInfo.CertIssuerPublicKey !== swarm.authority.issuer)
    : [];
  return [
    ...stale.map((role) => ({
      what: `the join token of ${role}s was rotated by hand, so no new host joins`,
      next: ADVICE.upReadsAgain(up),
    })),
    ...behind.map(({ ID, Spec, Status }) => ({
      what: `${Spec.Labels[HOST_LABEL] ?? ID} (${Status.State}) has no certificate of the Swarm's new authority, and the rotation waits for it`,
      next: ADVICE.startForCertificate(up),
    })),
  ];
}
