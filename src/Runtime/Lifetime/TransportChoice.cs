using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Prebake.Transports;
using Prebake.Transports.Linux;
using Prebake.Transports.Sockets;

namespace Prebake.Lifetime;

/// <summary>How a server listens and waits.</summary>
internal enum TransportKind { IoUring, Epoll, Sockets }

/// <summary>Which transport a server uses: on Linux io_uring where the kernel lets it, else epoll; <c>System.Net.Sockets</c> elsewhere or when asked for.</summary>
internal static class TransportChoice
{
    private const string Variable = "PREBAKE_IO_URING";

    private static readonly AsyncLocal<TransportKind?> s_override = new();

    /// <summary>
    /// The portable transport on Linux too: the MSBuild property <c>PrebakePortableTransport</c>, for comparison and for kernels that have no
    /// epoll. A switch, so that a Linux binary carries one transport.
    /// </summary>
    [FeatureSwitchDefinition("Prebake.PortableTransport")]
    internal static bool IsPortable => AppContext.TryGetSwitch("Prebake.PortableTransport", out bool value) && value;

    /// <summary>For tests, which run against all in one process; null leaves it to options and platform. Not in a native binary.</summary>
    internal static TransportKind? Override { get => s_override.Value; set => s_override.Value = value; }

    /// <summary>The loops are those of Linux. In this form the trimmer sees that a native binary has no use for the others.</summary>
    internal static bool IsLinux =>
        OperatingSystem.IsLinux() && !IsPortable
            && !(RuntimeFeature.IsDynamicCodeSupported && Override is TransportKind.Sockets);

    /// <summary>Opens the sockets; the loops do not run yet.</summary>
    /// <exception cref="PlatformNotSupportedException">io_uring is asked for where there is none.</exception>
    /// <exception cref="ArgumentException">The environment variable is neither 0 nor 1.</exception>
    public static Transport Create(ServeOptions options, IReadOnlyList<ListenAddress> addresses, Action<Connection> accept)
    {
        // The cgroup-aware number of processors, which also honours taskset
        int loops = options.Loops ?? Environment.ProcessorCount;

        // In this form the trimmer sees that a native binary for Linux never comes here
        if (!OperatingSystem.IsLinux() || IsPortable || RuntimeFeature.IsDynamicCodeSupported && Override is TransportKind.Sockets)
        {
            if (Override is null && (options.IoUring ?? FromEnvironment(Environment.GetEnvironmentVariable(Variable))) == true)
                throw new PlatformNotSupportedException(
                    $"\"ServeOptions.IoUring\" (or {Variable}=1) needs io_uring, which the portable transport does "
                        + "not have. Leave it out, or run on Linux without PrebakePortableTransport.");
            return new SocketTransport(addresses, loops, accept);
        }

        bool? ioUring = RuntimeFeature.IsDynamicCodeSupported && Override is { } kind ? kind is TransportKind.IoUring : options.IoUring ?? FromEnvironment(Environment.GetEnvironmentVariable(Variable));
        return new LinuxTransport(addresses, loops, accept, ioUring);
    }

    /// <summary>What an operator says of io_uring without a new build.</summary>
    internal static bool? FromEnvironment(string? value) => value switch
    {
        null or "" => null,
        "0" => false,
        "1" => true,
        _ => throw new ArgumentException(
            $"The value of {Variable} must be 0 (use epoll) or 1 (require io_uring). Received '{value}'"),
    };
}
