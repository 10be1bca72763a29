using System.Net;
using Prebake.Transports;

namespace Prebake.Lifetime;

/// <summary>Where a server is reached, in the user's words.</summary>
internal sealed class ServerAddress
{
    private ServerAddress(int? port, string? hostname, string? unix, string portSource, bool isHttps)
    {
        (Port, Hostname, Unix, PortSource) = (port, hostname, unix, portSource);
        Text = TextOf(port, hostname, unix, isHttps ? "https" : "http");
    }

    /// <summary>The port that is really listened on; null on unix sockets.</summary>
    public int? Port { get; }

    public string? Hostname { get; }

    /// <summary>A path, or an abstract name with its NUL.</summary>
    public string? Unix { get; }

    /// <summary>Which setting chose the port, for the line printed at start.</summary>
    public string PortSource { get; }

    public string Text { get; }

    public Uri Url => field ??= new Uri(Text);

    /// <summary>What the options asked for, with the port that the system chose; or what a supervisor passed in their place.</summary>
    public static ServerAddress Of(ServeOptions options, PortSetting port, BoundAddress bound)
    {
        bool isHttps = options.Tls.Count > 0;
        if (bound.Address is { Descriptor: not null } passed)
        {
            string? host = passed.EndPoint is { } endPoint ? HostOf(endPoint.Address) : null;
            return new(bound.Port, host, passed.UnixPath, "LISTEN_FDS", isHttps);
        }

        return options.Unix is { } path
            ? new(null, null, path, "", isHttps)
            : new(bound.Port, options.Hostname ?? "localhost", null, port.Source ?? "", isHttps);
    }

    /// <summary>Of a server that has no port.</summary>
    public static ServerAddress InMemory(bool isHttps) => new(null, "localhost", null, "", isHttps);

    private static string TextOf(int? port, string? hostname, string? unix, string scheme)
    {
        if (unix is not null) return unix[0] == '\0' ? $"abstract://{unix[1..]}/" : $"unix://{Path.GetFullPath(unix)}";
        if (port is null) return $"{scheme}://{hostname}/";
        return $"{scheme}://{(hostname!.Contains(':') ? $"[{hostname}]" : hostname)}:{port}/";
    }

    private static string HostOf(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? "localhost" : address.ToString();
}
