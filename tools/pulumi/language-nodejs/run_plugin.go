// Lets the newest language host that is a Go module run policy packs, which it refuses by itself.
// tools/pulumi.sh replaces the refusing function by this file. As later releases do, it starts
// Pulumi's own runner from the pack's packages, with the engine's address and the pack.
package main

import (
	"fmt"
	"os/exec"
	"strings"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/executable"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const policyRunner = "@pulumi/pulumi/cmd/run-policy-pack"

// Fields of messages that are newer than this host (pulumi/language.proto).
const (
	requestInfo      = 5
	requestKind      = 6
	programDirectory = 2
)

// RunPlugin runs a policy pack and forwards its output until it ends or the engine disconnects.
func (host *nodeLanguageHost) RunPlugin(
	req *pulumirpc.RunPluginRequest, server pulumirpc.LanguageRuntime_RunPluginServer,
) error {
	newer := req.ProtoReflect().GetUnknown()
	if kind := string(field(newer, requestKind)); kind != "analyzer" {
		return fmt.Errorf("this language host runs policy packs, and no plugin of kind %q", kind)
	}
	pack := string(field(field(newer, requestInfo), programDirectory))
	node, err := executable.FindExecutable("node")
	if err != nil {
		return err
	}
	locate := exec.Command(node, "-p", fmt.Sprintf("require.resolve('%s')", policyRunner))
	locate.Dir = pack
	runner, err := locate.Output()
	if err != nil {
		return fmt.Errorf("%s is not installed for the policy pack in %s: %w", policyRunner, pack, err)
	}

	args := append([]string{strings.TrimSpace(string(runner))}, req.Args...)
	cmd := exec.CommandContext(server.Context(), node, append(args, ".")...)
	cmd.Dir = pack
	cmd.Env = req.Env
	var sending sync.Mutex
	cmd.Stdout = sender(func(text []byte) error {
		sending.Lock()
		defer sending.Unlock()
		return server.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stdout{Stdout: text}})
	})
	cmd.Stderr = sender(func(text []byte) error {
		sending.Lock()
		defer sending.Unlock()
		return server.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stderr{Stderr: text}})
	})
	if err := cmd.Start(); err != nil {
		return err
	}
	if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() < 0 {
		return err
	}
	code := int32(cmd.ProcessState.ExitCode())
	return server.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: code}})
}

// A sender is the output of a process: each write becomes one message.
type sender func(text []byte) error

func (send sender) Write(text []byte) (int, error) {
	return len(text), send(text)
}

// field returns the bytes of a field of a message, and nil if the field is missing.
func field(message []byte, number protowire.Number) []byte {
	for len(message) > 0 {
		found, kind, size := protowire.ConsumeTag(message)
		if size < 0 {
			return nil
		}
		message = message[size:]
		if found == number && kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(message)
			return value
		}
		size = protowire.ConsumeFieldValue(found, kind, message)
		if size < 0 {
			return nil
		}
		message = message[size:]
	}
	return nil
}
