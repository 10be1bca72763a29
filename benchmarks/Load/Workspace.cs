using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Prebake.Benchmarks.Load;

/// <summary>Where things are: the repository, what is built into it, and a scratch folder that goes when the program ends.</summary>
internal static class Workspace
{
    public static string Root { get; } = FindRoot();

    /// <summary>Below a folder that git ignores: what is published and fetched stays for the next run.</summary>
    public static string Artifacts(string name) => Directory.CreateDirectory(Path.Combine(Root, "artifacts", name)).FullName;

    public static string Scratch { get; } = CreateScratch();

    /// <summary>A new empty folder: what lies in the working directory can slow a server's start.</summary>
    public static string EmptyFolder() => Directory.CreateDirectory(Path.Combine(Scratch, Path.GetRandomFileName())).FullName;

    /// <summary>The file that the servers send from disk.</summary>
    public static string DiskFile { get; } = CreateDiskFile();

    /// <summary>A folder with <c>cert.pem</c> and <c>key.pem</c>, on P-256, for <c>localhost</c>.</summary>
    public static string Certificate { get; } = CreateCertificate();

    public static string RuntimeIdentifier => $"linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    private static string CreateScratch()
    {
        var folder = Directory.CreateTempSubdirectory("prebake-load-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);

        return folder;
    }

    private static string CreateDiskFile()
    {
        var file = Path.Combine(Scratch, "disk.bin");
        var bytes = new byte[1 << 20];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)('a' + (i * 31 % 26));
        File.WriteAllBytes(file, bytes);
        // Old enough not to count as being written to
        File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        return file;
    }

    private static string CreateCertificate()
    {
        var folder = EmptyFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());

        return folder;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Framework.sln"))) return folder.FullName;

        throw new InvalidOperationException("Run it from within the repository: no folder above it holds Framework.sln.");
    }
}
