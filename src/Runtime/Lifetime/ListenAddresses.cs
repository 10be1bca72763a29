using System.Net;
using System.Net.Sockets;
using Prebake.Transports;

namespace Prebake.Lifetime;

/// <summary>From host name and port, or a unix path, to the addresses to listen on.</summary>
internal static class ListenAddresses
{
    public static IReadOnlyList<ListenAddress> Of(ServeOptions options, PortSetting port)
    {
        if (options.TakesPassedSockets && Systemd.TakeSockets() is { Count: > 0 } passed) return passed;
        if (options.Unix is { } path) return [new ListenAddress(path) { UnixMode = options.UnixMode, UnixGroup = options.UnixGroup }];

        return Hosts(options).ConvertAll(address => new ListenAddress(new IPEndPoint(address, port.Port))
        {
            IPv6Only = options.IPv6Only || !address.Equals(IPAddress.IPv6Any),
            ReusePort = options.ReusePort,
            PortAdvice = port.Advice,
        });
    }

    private static List<IPAddress> Hosts(ServeOptions options)
    {
        string? name = options.Hostname;

        // One socket for both families, where the machine has both
        if (name is null) return [HasIPv6 ? IPAddress.IPv6Any : IPAddress.Any];
        if (IPAddress.TryParse(name, out IPAddress? literal)) return [literal];

        IPAddress[] found;
        try
        {
            found = Dns.GetHostAddresses(name);
        }
        catch (SocketException e)
        {
            throw new IOException($"Failed to start server. The host name '{name}' is not known ({e.Message}): " +
                "give an address, or a name without scheme and path that resolves on this machine.", e);
        }

        var hosts = new List<IPAddress>();
        foreach (IPAddress address in found)
            if ((HasIPv6 || address.AddressFamily is AddressFamily.InterNetwork) && !(options.IPv6Only && address.AddressFamily is AddressFamily.InterNetwork)
                && !hosts.Contains(address)) hosts.Add(address);

        return hosts.Count > 0 ? hosts : throw new IOException(
            $"Failed to start server. The host name '{name}' has no address that this machine can listen on.");
    }

    // On Linux by a look rather than by loading System.Net.Sockets, which nothing else there needs
    private static bool HasIPv6 => OperatingSystem.IsLinux() ? File.Exists("/proc/net/if_inet6") : Socket.OSSupportsIPv6;
}
