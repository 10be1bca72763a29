using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Prebake.Testing;

namespace Prebake.Conformance.Clients;

/// <summary>A proxy in front of a server: nginx or HAProxy as they come, with a configuration of a few lines.</summary>
internal sealed class FrontServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private FrontServer(Process process, DirectoryInfo folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    /// <summary>
    /// nginx; with buffering off, it passes a body on while it arrives. It keeps no connection then: measured, nginx 1.22 loses a few in a hundred early
    /// responses of connections that it keeps, whatever server is behind it.
    /// </summary>
    /// <param name="server">What is behind it.</param>
    /// <param name="buffering">It reads the body of a request to its end before it connects.</param>
    /// <param name="lines">More of its configuration for that server.</param>
    public static Task<FrontServer> NginxAsync(Server server, bool buffering, string lines = "") => StartAsync("nginx", (folder, port) =>
    {
        string configuration = $$"""
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log;
            events { worker_connections 64; }
            http {
                access_log off;
                client_max_body_size 200m;
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
                map $http_upgrade $connection_upgrade { default upgrade; "" ""; }
                server {
                    listen 127.0.0.1:{{port}};
                    keepalive_timeout {{(buffering ? 60 : 0)}};
                    location / {
                        proxy_pass {{server.Url.Scheme}}://127.0.0.1:{{server.Port}};
                        {{lines}}
                        proxy_http_version 1.1;
                        proxy_set_header Connection $connection_upgrade;
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Host $http_host;
                        proxy_request_buffering {{(buffering ? "on" : "off")}};
                    }
                }
            }
            """;
        string path = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(path, configuration);
        return ["-p", folder, "-c", path, "-e", Path.Combine(folder, "error.log")];
    });

    /// <param name="server">What is behind it.</param>
    /// <param name="line">Of its configuration for that server, such as <c>send-proxy</c>.</param>
    public static Task<FrontServer> HAProxyAsync(Server server, string line = "") => StartAsync("haproxy", (folder, port) =>
    {
        string path = Path.Combine(folder, "haproxy.cfg");
        File.WriteAllText(path, $"""
            global
                maxconn 64
            defaults
                mode http
                timeout connect 30s
                timeout client 60s
                timeout server 60s
            frontend front
                bind 127.0.0.1:{port}
                default_backend app
            backend app
                server one 127.0.0.1:{server.Port} {line}

            """);
        return ["-f", path, "-db"];
    });

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task<FrontServer> StartAsync(string tool, Func<string, int, string[]> configure)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("prebake-front-");
        int port = FreePort();
        var start = new ProcessStartInfo(Tools.Find(tool)!, configure(folder.FullName, port)) { RedirectStandardError = true, RedirectStandardOutput = true };
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var front = new FrontServer(process, folder, port);

        await Eventually.Until(() => process.HasExited || Listens(port), $"{tool} does not listen.");
        if (process.HasExited) throw new InvalidOperationException($"{tool} has ended with {process.ExitCode}.");
        return front;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static bool Listens(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
