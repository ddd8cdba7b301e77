/**
 * Returns the name that iptables has for the protocol of a security group rule: "all" for -1, a
 * name, or a number. Returns undefined for a value that AWS refuses.
 */
export function protocolName(ipProtocol: string): string | undefined {
  const text = ipProtocol.toLowerCase();
  if (text === "-1" || text === "all") return "all";
  const named = {
    tcp: "tcp",
    udp: "udp",
    icmp: "icmp",
    icmpv6: "icmpv6",
    "6": "tcp",
    "17": "udp",
    "1": "icmp",
    "58": "icmpv6",
  };
  if (text in named) return named[text as keyof typeof named];
  return /^\d{1,3}$/.test(text) && Number(text) <= 255 ? String(Number(text)) : undefined;
}

/** Returns true for a protocol with ports, and for ICMP, where type and code take their place. */
export function hasPorts(ipProtocol: string): boolean {
  return ["tcp", "udp", "icmp", "icmpv6"].includes(protocolName(ipProtocol) ?? "");
}
