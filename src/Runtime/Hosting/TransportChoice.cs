using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Prebake.Transports;
using Prebake.Transports.Epoll;
using Prebake.Transports.Sockets;

namespace Prebake.Hosting;

/// <summary>Which transport a server listens with: the epoll loop on Linux, <c>System.Net.Sockets</c> elsewhere or when asked for.</summary>
internal static class TransportChoice
{
    /// <summary>
    /// The portable transport on Linux too: the MSBuild property <c>PrebakePortableTransport</c>, for comparison and for kernels that have no
    /// epoll. A switch, so that a Linux binary carries one transport.
    /// </summary>
    [FeatureSwitchDefinition("Prebake.PortableTransport")]
    internal static bool IsPortable => AppContext.TryGetSwitch("Prebake.PortableTransport", out bool value) && value;

    /// <summary>For tests, which run against both in one process; null leaves it to the platform. Not in a native binary, which carries one.</summary>
    internal static bool? Override { get => s_override.Value; set => s_override.Value = value; }

    private static readonly AsyncLocal<bool?> s_override = new();

    public static Transport Create(IReadOnlyList<ListenAddress> addresses, Action<Connection> accept)
    {
        // The cgroup-aware number of processors, which also honours taskset
        int loops = Environment.ProcessorCount;

        if (!OperatingSystem.IsLinux() || IsPortable || RuntimeFeature.IsDynamicCodeSupported && Override == true)
            return new SocketTransport(addresses, loops, accept);

        return new EpollTransport(addresses, loops, accept);
    }
}
