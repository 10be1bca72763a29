namespace Prebake.Testing;

/// <summary>PostgreSQL's programs, which Debian keeps off the path, and which refuse to run as root.</summary>
internal static class PostgresPrograms
{
    /// <summary>Their folder, of the newest version; null if the machine has none, or no user to run them as.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>The user that a folder must belong to which they write in; null where that is who runs this.</summary>
    public static string? Owner => Environment.IsPrivilegedProcess ? "postgres" : null;

    /// <summary>How to run one of them. <c>runuser</c> stays as its parent.</summary>
    public static (string Program, string[] Arguments) Command(string name, params string[] arguments)
    {
        string path = Path.Combine(Folder ?? throw new InvalidOperationException("PostgreSQL is not installed."), name);
        return Owner is null ? (path, arguments) : ("runuser", ["-u", Owner, "--", path, .. arguments]);
    }

    private static string? Find()
    {
        if (!OperatingSystem.IsLinux()) return null;
        if (Owner is { } owner && !IsUser(owner)) return null;

        const string Debian = "/usr/lib/postgresql";
        IEnumerable<string> versions = Directory.Exists(Debian)
            ? Directory.GetDirectories(Debian).OrderByDescending(VersionOf).Select(folder => Path.Combine(folder, "bin"))
            : [];
        return versions.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private static bool IsUser(string name) =>
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith(name + ":", StringComparison.Ordinal));

    private static int VersionOf(string folder) => int.TryParse(Path.GetFileName(folder), out int version) ? version : 0;
}
