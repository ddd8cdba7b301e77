/**
 * The protocol's generated CommonJS modules. They are imported in one place, because Node offers a
 * CommonJS module only as its default export.
 */
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";

import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import enginePb from "@pulumi/pulumi/proto/engine_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";

export type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
export type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";

export const { EngineClient, EngineService } = engineGrpc;
export const { LogRequest, LogSeverity } = enginePb;
export const { PluginInfo } = pluginPb;
export const { ResourceProviderService } = providerGrpc;
export const {
  CheckFailure,
  CheckResponse,
  ConfigureResponse,
  CreateResponse,
  DiffResponse,
  GetSchemaResponse,
  InvokeResponse,
  PropertyDiff,
  ProviderHandshakeResponse,
  ReadResponse,
  UpdateResponse,
} = providerPb;
export const { Empty } = emptyPb;
export const { Struct: StructMessage } = structPb;
