import { status, type handleUnaryCall, type ServerUnaryCall } from "@grpc/grpc-js";
import type { CheckFailure as Failure } from "../resource-type.ts";
import { replacingProperties, type Change } from "./diff.ts";
import type { EngineLog } from "./engine-log.ts";
import { formatPath } from "./paths.ts";
import {
  CheckFailure,
  CheckResponse,
  ConfigureResponse,
  CreateResponse,
  DiffResponse,
  Empty,
  GetSchemaResponse,
  InvokeResponse,
  PluginInfo,
  PropertyDiff,
  ProviderHandshakeResponse,
  ReadResponse,
  StructMessage,
  UpdateResponse,
  type IResourceProviderServer,
  type Struct,
} from "./protos.ts";
import { describeError, type Provider, type Target, type Wire } from "./provider.ts";

/**
 * Maps the protocol's gRPC calls to a provider. An error's message becomes the details of the call.
 */
export function createService(provider: Provider, log: EngineLog): IResourceProviderServer {
  return {
    ...pluginCalls(provider, log),
    ...configurationCalls(provider),
    ...planningCalls(provider),
    ...lifeCalls(provider),
    ...functionCalls(provider),
    ...absentCalls(),
  };
}

type Calls<Name extends keyof IResourceProviderServer> = Pick<IResourceProviderServer, Name>;

/** Calls about the plugin itself. */
function pluginCalls(
  provider: Provider,
  log: EngineLog,
): Calls<"handshake" | "attach" | "getPluginInfo" | "getSchema" | "cancel"> {
  return {
    handshake: unary((request) => {
      log.connect(request.getEngineAddress());
      const response = new ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptOutputs(true);
      return response;
    }),

    attach: unary((request) => {
      log.connect(request.getAddress());
      return new Empty();
    }),

    getPluginInfo: unary(() => {
      const response = new PluginInfo();
      response.setVersion(provider.version);
      return response;
    }),

    getSchema: unary(() => {
      const response = new GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: provider.name, version: provider.version }));
      return response;
    }),

    cancel: unary(() => {
      provider.operations.cancel();
      return new Empty();
    }),
  };
}

/** Calls about the provider's own configuration. */
function configurationCalls(provider: Provider): Calls<"checkConfig" | "diffConfig" | "configure"> {
  return {
    checkConfig: unary((request) => checkResponse(provider.checkConfig(request.getUrn(), read(request.getNews())))),

    diffConfig: unary(() => {
      const response = new DiffResponse();
      response.setChanges(DiffResponse.DiffChanges.DIFF_UNKNOWN);
      return response;
    }),

    configure: unary(async (request) => {
      await provider.configure(read(request.getArgs()));
      const response = new ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      response.setAcceptoutputs(true);
      return response;
    }),
  };
}

/** Returns the calls that check inputs and compare them. They create nothing. */
function planningCalls(provider: Provider): Calls<"check" | "diff"> {
  return {
    check: unary(async (request) => {
      const olds = request.getOlds();
      const seed = request.getRandomseed_asU8();
      return checkResponse(await provider.check(request.getUrn(), olds && read(olds), read(request.getNews()), seed));
    }),

    diff: unary((request) => {
      const oldInputs = read(request.getOldInputs());
      const { changes, deleteBeforeReplace } = provider.diff(request.getUrn(), oldInputs, read(request.getNews()));
      return diffResponse(changes, deleteBeforeReplace);
    }),
  };
}

/** Calls that create, read, update and delete a resource. */
function lifeCalls(provider: Provider): Calls<"create" | "read" | "update" | "delete"> {
  return {
    create: unary(async (request) => {
      const target = { urn: request.getUrn(), id: "", timeoutSeconds: request.getTimeout() };
      const created = await provider.create(target, read(request.getProperties()), request.getPreview());
      const response = new CreateResponse();
      response.setId(created.id);
      response.setProperties(write(created.outputs));
      return response;
    }),

    read: unary(async (request) => {
      const found = await provider.read(targetOf(request), read(request.getProperties()), read(request.getInputs()));
      const response = new ReadResponse();
      // An empty id says that the resource is gone.
      if (found === undefined) return response;
      response.setId(request.getId());
      response.setProperties(write(found.outputs));
      response.setInputs(write(found.inputs));
      return response;
    }),

    update: unary(async (request) => {
      const [olds, oldInputs] = [read(request.getOlds()), read(request.getOldInputs())];
      const news = read(request.getNews());
      const outputs = await provider.update(targetOf(request), olds, oldInputs, news, request.getPreview());
      const response = new UpdateResponse();
      response.setProperties(write(outputs));
      return response;
    }),

    delete: unary(async (request) => {
      await provider.delete(targetOf(request), read(request.getProperties()));
      return new Empty();
    }),
  };
}

/** Calls of functions. */
function functionCalls(provider: Provider): Calls<"invoke"> {
  return {
    invoke: unary(async (request) => {
      const { outputs, failures } = await provider.invoke(
        request.getTok(),
        read(request.getArgs()),
        request.getPreview(),
      );
      const response = new InvokeResponse();
      if (outputs !== undefined) response.setReturn(write(outputs));
      response.setFailuresList(failures.map(failureMessage));
      return response;
    }),
  };
}

/** Calls that no engine makes to such a provider. */
function absentCalls(): Calls<"parameterize" | "call" | "construct" | "getMapping" | "getMappings" | "list"> {
  return {
    parameterize: unimplemented("Parameterize"),
    call: unimplemented("Call"),
    construct: unimplemented("Construct"),
    getMapping: unimplemented("GetMapping"),
    getMappings: unimplemented("GetMappings"),
    list: (call) => {
      call.emit("error", { code: status.UNIMPLEMENTED, details: "List is not implemented" });
    },
  };
}

function unary<Request, Response>(
  handler: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call: ServerUnaryCall<Request, Response>, callback) => {
    void (async () => {
      try {
        callback(null, await handler(call.request));
      } catch (error) {
        callback({ code: status.UNKNOWN, details: describeError(error) });
      }
    })();
  };
}

function unimplemented<Request, Response>(method: string): handleUnaryCall<Request, Response> {
  return (_call, callback) => {
    callback({ code: status.UNIMPLEMENTED, details: `${method} is not implemented` });
  };
}

interface TargetRequest {
  getUrn(): string;
  getId(): string;
  getTimeout(): number;
}

function targetOf(request: TargetRequest): Target {
  return { urn: request.getUrn(), id: request.getId(), timeoutSeconds: request.getTimeout() };
}

function read(struct: Struct | undefined): Wire {
  return struct?.toJavaScript() ?? {};
}

function write(properties: Wire): Struct {
  return StructMessage.fromJavaScript(properties as Parameters<typeof StructMessage.fromJavaScript>[0]);
}

function checkResponse({ inputs, failures }: { inputs: Wire; failures: readonly Failure[] }) {
  const response = new CheckResponse();
  response.setInputs(write(inputs));
  response.setFailuresList(failures.map(failureMessage));
  return response;
}

function failureMessage({ property, reason }: Failure) {
  const message = new CheckFailure();
  message.setProperty(property);
  message.setReason(reason);
  return message;
}

function diffResponse(changes: readonly Change[], deleteBeforeReplace: boolean) {
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  const response = new DiffResponse();
  response.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList([...new Set(changes.map(({ path }) => formatPath(path.slice(0, 1))))]);
  response.setReplacesList(replacingProperties(changes));
  response.setDeletebeforereplace(deleteBeforeReplace);
  response.setHasdetaileddiff(true);
  for (const change of changes) response.getDetaileddiffMap().set(formatPath(change.path), propertyDiff(change));
  return response;
}

function propertyDiff({ kind, replaces }: Change) {
  const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = PropertyDiff.Kind;
  const kinds = {
    add: [ADD, ADD_REPLACE],
    delete: [DELETE, DELETE_REPLACE],
    update: [UPDATE, UPDATE_REPLACE],
  } as const;
  const message = new PropertyDiff();
  message.setKind(kinds[kind][replaces ? 1 : 0]);
  // The paths are those of inputs, because old inputs are compared with new ones.
  message.setInputdiff(true);
  return message;
}
