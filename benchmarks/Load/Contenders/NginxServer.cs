namespace Prebake.Benchmarks.Load.Contenders;

/// <summary>nginx with one worker that answers from its configuration.</summary>
internal sealed class NginxServer : Contender
{
    public override string Name => "nginx";

    public override string Title => "nginx, `return 200`";

    public override bool PrintsAddress => false;

    public override string[] FootprintPaths => ["/"];

    public override string Binary => File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "/usr/bin/nginx";

    public override bool Answers(Scenario scenario) => scenario.Path is "/" or "/disk.bin";

    public override string? Prepare(bool build) => File.Exists(Binary) ? null : "is not installed (package nginx)";

    public override Command Serve(int port) => Serve(port, "");

    public override Command ServeTls(int port) => Serve(
        port,
        $" ssl; ssl_certificate {Workspace.Certificate}/cert.pem; ssl_certificate_key {Workspace.Certificate}/key.pem; "
            + "ssl_protocols TLSv1.3; ssl_session_tickets on",
        connections: 16_384);

    private Command Serve(int port, string tls, int connections = 1_024)
    {
        var folder = Workspace.EmptyFolder();
        var file = Path.Combine(folder, "nginx.conf");
        var template = File.ReadAllText(Path.Combine(Workspace.Root, "benchmarks/Peers/nginx.conf"));
        File.CreateSymbolicLink(Path.Combine(folder, "disk.bin"), Workspace.DiskFile);
        File.WriteAllText(file, template
            .Replace("{FOLDER}", folder, StringComparison.Ordinal)
            .Replace("{CONNECTIONS}", $"{connections}", StringComparison.Ordinal)
            .Replace("{PORT}", $"{port}{tls}", StringComparison.Ordinal));

        return new(Binary, "-p", folder, "-c", file, "-e", Path.Combine(folder, "error.log"));
    }
}
