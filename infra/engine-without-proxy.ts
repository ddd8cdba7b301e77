/*
 * The program reaches the Pulumi engine by gRPC on loopback. The gRPC library takes the user's
 * proxy for that too, unless a list exempts loopback, and the program ends with "14 UNAVAILABLE".
 * Pulumi.yaml loads this file before the SDK connects. The list is the gRPC library's own, so other
 * requests use the proxy as the user has set it.
 */
const lists = [process.env["no_grpc_proxy"], process.env["no_proxy"]];
const given = lists.find((list) => list !== undefined && list !== "") ?? "";
// The library takes a blank as a part of a name, so the list has none.
const entries = given.split(/[\s,]+/).filter((entry) => entry !== "");
process.env["no_grpc_proxy"] = [...new Set([...entries, "localhost", "127.0.0.1", "::1"])].join(",");
