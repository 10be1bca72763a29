using System.Net;

namespace Prebake.Transports;

/// <summary>One address to listen on: an IP end point, or a unix socket's path (an abstract name starts with NUL).</summary>
internal sealed record ListenAddress
{
    public ListenAddress(IPEndPoint endPoint) => EndPoint = endPoint;

    public ListenAddress(string unixPath) => UnixPath = unixPath;

    public IPEndPoint? EndPoint { get; private init; }
    public string? UnixPath { get; }
    public bool IsAbstract => UnixPath is ['\0', ..];

    /// <summary>IPv6 only; false makes <c>[::]</c> answer IPv4 too.</summary>
    public bool IPv6Only { get; init; }
    public bool ReusePort { get; init; }

    /// <summary>Where the user can give another port, for the message that this one is taken.</summary>
    public string PortAdvice { get; init; } = "ServeOptions.Port";

    /// <summary>Permissions of the unix socket's file, or null for what the process's umask leaves.</summary>
    public UnixFileMode? UnixMode { get; init; }

    /// <summary>Name or number of the group that the unix socket's file is given to, or null.</summary>
    public string? UnixGroup { get; init; }

    /// <summary>A socket that listens on it already and belongs to who passed it, or null (Linux).</summary>
    public int? Descriptor { get; init; }

    /// <summary>The same with a port that has been chosen meanwhile, if this one left it open.</summary>
    public ListenAddress WithPort(int? port) =>
        EndPoint is { Port: 0 } && port is { } chosen ? this with { EndPoint = new IPEndPoint(EndPoint.Address, chosen) } : this;

    /// <summary>How the user would write it, for messages.</summary>
    public override string ToString() =>
        UnixPath is null ? EndPoint!.ToString() : IsAbstract ? $"abstract socket '{UnixPath[1..]}'" : $"'{UnixPath}'";
}

/// <summary>An address that is being listened on.</summary>
internal sealed record BoundAddress(ListenAddress Address, int? Port)
{
    /// <summary>When the file of a unix socket was made: another file at its path has another time.</summary>
    public DateTime? FileTime { get; } =
        Address is { UnixPath: { } path, IsAbstract: false, Descriptor: null } ? File.GetLastWriteTimeUtc(path) : null;

    /// <summary>
    /// Removes the file of a unix socket that was bound here. A server that has taken the path over meanwhile keeps its own.
    /// </summary>
    public void RemoveFile()
    {
        if (FileTime is { } made && File.GetLastWriteTimeUtc(Address.UnixPath!) == made) File.Delete(Address.UnixPath!);
    }
}

/// <summary>Why a socket could not be made to listen; each transport maps its own error codes to these.</summary>
internal enum ListenFailure
{
    InUse, NotAvailable, PermissionDenied, NoSuchDirectory, NameTooLong, NotASocket, FamilyNotSupported, NoSuchGroup, GroupDenied, Other,
}

/// <summary>The sentence for each way in which listening fails: what failed, and what to do.</summary>
internal static class ListenError
{
    public static IOException For(ListenFailure failure, ListenAddress address, string detail) => failure switch
    {
        ListenFailure.InUse when address.UnixPath is null => new AddressInUseException(
            $"Failed to start server. Is port {address.EndPoint!.Port} in use? Something else listens on {address}: " +
            $"stop it, or choose another port with {address.PortAdvice} (0 takes any free one)."),
        ListenFailure.InUse => new AddressInUseException(
            $"Failed to start server. Is {address} in use? Another process listens on this unix socket: stop it, or "
                + "choose another name."),
        ListenFailure.NotASocket => new AddressInUseException(
            $"Failed to start server. {address} exists and is not a socket, so it was left alone: remove it, or "
                + "choose another path."),
        ListenFailure.NotAvailable => new IOException(
            $"Failed to start server. {address.EndPoint!.Address} is not an address of this machine: use one that is, "
                + "0.0.0.0 for all of IPv4 or :: for all."),
        ListenFailure.PermissionDenied when address.EndPoint is { Port: > 0 and < 1024 } => new IOException(
            $"Failed to start server. Port {address.EndPoint.Port} is below 1024 and needs a privilege: use a higher "
                + "port, or grant CAP_NET_BIND_SERVICE."),
        ListenFailure.PermissionDenied => new IOException(
            $"Failed to start server. No permission to listen on {address}: check the rights of the directory and the "
                + "user that runs the server."),
        ListenFailure.NoSuchDirectory => new IOException(
            $"Failed to start server. The directory of {address} does not exist: create it, or choose another path."),
        ListenFailure.NameTooLong => new IOException(
            $"Failed to start server. {address} is too long for a unix socket, whose path may have 107 bytes: use a "
                + "shorter one."),
        ListenFailure.FamilyNotSupported => new IOException(
            $"Failed to start server. This machine has no support for the address family of {address} ({detail})."),
        ListenFailure.NoSuchGroup => new IOException(
            $"Failed to start server. This machine has no group '{address.UnixGroup}': set ServeOptions.UnixGroup to "
                + "one that exists, by name or number."),
        ListenFailure.GroupDenied => new IOException(
            $"Failed to start server. No permission to give {address} to the group '{address.UnixGroup}': " +
            "make the user that runs the server a member of that group, or choose another group."),
        _ => new IOException($"Failed to start server. Listening on {address} failed: {detail}."),
    };
}
