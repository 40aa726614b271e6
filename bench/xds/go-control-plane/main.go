// The peer of the benchmark: a go-control-plane snapshot server with the same resources. Reads a line for each resource (type,
// name, message in base64), prints its port, and takes `secret` or `cluster` a line to change the first of that kind.
package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"strings"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	tls "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"github.com/envoyproxy/go-control-plane/pkg/resource/v3"
	"github.com/envoyproxy/go-control-plane/pkg/server/v3"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
)

const group = "bench"

type oneGroup struct{}

func (oneGroup) ID(*core.Node) string { return group }

var typeURLs = map[string]resource.Type{
	"clusters":  resource.ClusterType,
	"endpoints": resource.EndpointType,
	"secrets":   resource.SecretType,
	"listeners": resource.ListenerType,
	"routes":    resource.RouteType,
}

func main() {
	resources := read(os.Args[1])
	snapshots := cache.NewSnapshotCache(true, oneGroup{}, nil)
	version := 0
	publish := func() {
		version++
		snapshot, err := cache.NewSnapshot(fmt.Sprint(version), resources)
		check(err)
		check(snapshots.SetSnapshot(context.Background(), group, snapshot))
	}
	publish()
	grpcServer := grpc.NewServer(grpc.MaxRecvMsgSize(64<<20), grpc.MaxConcurrentStreams(1_000_000))
	discovery.RegisterAggregatedDiscoveryServiceServer(grpcServer, server.NewServer(context.Background(), snapshots, nil))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Printf("{\"port\":%d}\n", listener.Addr().(*net.TCPAddr).Port)
	go func() {
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			change(resources, lines.Text(), version)
			publish()
			fmt.Printf("{\"changed\":%q}\n", lines.Text())
		}
	}()
	check(grpcServer.Serve(listener))
}

// change replaces the first secret or cluster by one that says something else.
func change(resources map[resource.Type][]types.Resource, what string, version int) {
	switch what {
	case "secret":
		first := proto.Clone(resources[resource.SecretType][0]).(*tls.Secret)
		chain := first.GetTlsCertificate().GetCertificateChain()
		chain.Specifier = &core.DataSource_InlineBytes{InlineBytes: append(chain.GetInlineBytes(), byte(version))}
		resources[resource.SecretType][0] = first
	case "cluster":
		first := proto.Clone(resources[resource.ClusterType][0]).(*cluster.Cluster)
		first.ConnectTimeout = &durationpb.Duration{Seconds: int64(10 + version)}
		resources[resource.ClusterType][0] = first
	}
}

func read(path string) map[resource.Type][]types.Resource {
	file, err := os.Open(path)
	check(err)
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 64<<20)
	resources := map[resource.Type][]types.Resource{}
	for lines.Scan() {
		fields := strings.Split(lines.Text(), " ")
		bytes, err := base64.StdEncoding.DecodeString(fields[2])
		check(err)
		packed := &anypb.Any{}
		check(proto.Unmarshal(bytes, packed))
		message, err := packed.UnmarshalNew()
		check(err)
		url := typeURLs[fields[0]]
		resources[url] = append(resources[url], message)
	}
	check(lines.Err())
	return resources
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
